package io.swarmgrid.hadoop;

import io.swarmgrid.client.data.FileInput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.apache.hadoop.fs.ByteBufferPositionedReadable;
import org.apache.hadoop.fs.ByteBufferReadable;
import org.apache.hadoop.fs.CanUnbuffer;
import org.apache.hadoop.fs.FSExceptionMessages;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileRange;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.statistics.IOStatistics;
import org.apache.hadoop.fs.statistics.IOStatisticsSource;
import org.apache.hadoop.fs.statistics.StreamStatisticNames;
import org.apache.hadoop.fs.statistics.impl.IOStatisticsBinding;
import org.apache.hadoop.fs.statistics.impl.IOStatisticsStore;
import org.jspecify.annotations.Nullable;

/** A file of the grid, as it was when it was opened. Reads at places of their own do not wait for the stream's. */
final class SwarmInputStream extends FSInputStream
        implements ByteBufferReadable,
                ByteBufferPositionedReadable,
                CanUnbuffer,
                StreamCapabilities,
                IOStatisticsSource {
    private final FileInput input;
    private final Path path;
    private final Executor executor;
    private final FileSystem.@Nullable Statistics statistics;
    private final IOStatisticsStore counters = IOStatisticsBinding.iostatisticsStore()
            .withCounters(
                    StreamStatisticNames.STREAM_READ_BYTES,
                    StreamStatisticNames.STREAM_READ_VECTORED_OPERATIONS,
                    StreamStatisticNames.STREAM_READ_VECTORED_INCOMING_RANGES,
                    StreamStatisticNames.STREAM_READ_VECTORED_COMBINED_RANGES)
            .build();
    private final long sizeBytes;
    private volatile boolean closed;

    SwarmInputStream(FileInput input, Path path, Executor executor, FileSystem.@Nullable Statistics statistics) {
        this.input = input;
        this.path = path;
        this.executor = executor;
        this.statistics = statistics;
        this.sizeBytes = input.file().sizeBytes();
    }

    @Override
    public synchronized void seek(long position) throws IOException {
        requireOpen();
        if (position < 0) {
            throw new EOFException(FSExceptionMessages.NEGATIVE_SEEK + ": " + position + " in " + path);
        }
        if (position > sizeBytes) {
            throw new EOFException(
                    FSExceptionMessages.CANNOT_SEEK_PAST_EOF + ": " + position + " of " + sizeBytes + " in " + path);
        }
        input.seek(position);
    }

    @Override
    public synchronized long getPos() throws IOException {
        return input.position();
    }

    @Override
    public boolean seekToNewSource(long targetPos) {
        return false; // another holder is asked within the read where one fails
    }

    @Override
    public synchronized int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        return read(ByteBuffer.wrap(target, offset, length));
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        requireOpen();
        return counted(Errors.at(path, () -> input.read(target)));
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        requireOpen();
        validatePositionedReadArgs(position, target, offset, length);
        return read(position, ByteBuffer.wrap(target, offset, length));
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        requireOpen();
        requirePlace(position);
        if (!target.hasRemaining()) {
            return 0;
        }
        if (position >= sizeBytes) {
            return -1;
        }
        int count = (int) Math.min(target.remaining(), sizeBytes - position);
        int limit = target.limit();
        target.limit(target.position() + count);
        try {
            fetch(position, target);
        } finally {
            target.limit(limit);
        }
        tell(count);
        return count;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) throws IOException {
        requireOpen();
        validatePositionedReadArgs(position, target, offset, length);
        readFully(position, ByteBuffer.wrap(target, offset, length));
    }

    @Override
    public void readFully(long position, byte[] target) throws IOException {
        readFully(position, target, 0, target.length);
    }

    @Override
    public void readFully(long position, ByteBuffer target) throws IOException {
        requireOpen();
        requirePlace(position);
        if (!target.hasRemaining()) {
            return;
        }
        if (target.remaining() > sizeBytes - position) {
            throw new EOFException(FSExceptionMessages.EOF_IN_READ_FULLY + ": " + target.remaining() + " bytes at "
                    + position + " of " + sizeBytes + " in " + path);
        }
        int count = target.remaining();
        fetch(position, target);
        tell(count);
    }

    @Override
    public void readVectored(List<? extends FileRange> ranges, IntFunction<ByteBuffer> allocate) throws IOException {
        requireOpen();
        int requests = VectoredRead.start(ranges, sizeBytes, allocate, this::fetch, executor);
        counters.incrementCounter(StreamStatisticNames.STREAM_READ_VECTORED_OPERATIONS, 1);
        counters.incrementCounter(StreamStatisticNames.STREAM_READ_VECTORED_INCOMING_RANGES, ranges.size());
        counters.incrementCounter(StreamStatisticNames.STREAM_READ_VECTORED_COMBINED_RANGES, requests);
        // For the thread that asks, not for those that fetch: jobs count what each of their threads has read.
        tell(ranges.stream().mapToLong(FileRange::getLength).sum());
    }

    @Override
    public int minSeekForVectorReads() {
        return VectoredRead.MERGE_GAP_BYTES;
    }

    @Override
    public int maxReadSizeForVectorReads() {
        return VectoredRead.MAX_MERGED_BYTES;
    }

    @Override
    public synchronized int available() throws IOException {
        requireOpen();
        return (int) Math.min(Integer.MAX_VALUE, sizeBytes - input.position());
    }

    @Override
    public synchronized void unbuffer() {
        input.unbuffer();
    }

    @Override
    public synchronized void close() {
        closed = true;
        input.close();
    }

    @Override
    public boolean hasCapability(String capability) {
        return switch (capability.toLowerCase(Locale.ENGLISH)) {
            case StreamCapabilities.READBYTEBUFFER,
                    StreamCapabilities.PREADBYTEBUFFER,
                    StreamCapabilities.UNBUFFER,
                    StreamCapabilities.VECTOREDIO,
                    StreamCapabilities.IOSTATISTICS -> true;
            default -> false;
        };
    }

    @Override
    public IOStatistics getIOStatistics() {
        return counters;
    }

    private void fetch(long position, ByteBuffer target) throws IOException {
        requireOpen();
        int length = target.remaining();
        Errors.at(path, () -> {
            input.readAt(position, target);
            return target;
        });
        counters.incrementCounter(StreamStatisticNames.STREAM_READ_BYTES, length);
    }

    private int counted(int bytes) {
        if (bytes > 0) {
            counters.incrementCounter(StreamStatisticNames.STREAM_READ_BYTES, bytes);
            tell(bytes);
        }
        return bytes;
    }

    /** What this thread has read, as it is told for the file system. */
    private void tell(long bytes) {
        if (statistics != null) {
            statistics.incrementBytesRead(bytes);
        }
    }

    private void requirePlace(long position) throws EOFException {
        if (position < 0) {
            throw new EOFException("position is negative: " + position + " in " + path);
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException(path + ": " + FSExceptionMessages.STREAM_IS_CLOSED);
        }
    }
}
