package io.swarmgrid.hadoop;

import io.swarmgrid.client.data.GrowingFile;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Objects;
import org.apache.hadoop.fs.FSExceptionMessages;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.statistics.IOStatistics;
import org.apache.hadoop.fs.statistics.IOStatisticsSource;
import org.apache.hadoop.fs.statistics.StoreStatisticNames;
import org.apache.hadoop.fs.statistics.StreamStatisticNames;
import org.apache.hadoop.fs.statistics.impl.IOStatisticsBinding;
import org.apache.hadoop.fs.statistics.impl.IOStatisticsStore;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * A file that is being written. Others see it from its creation, empty at first, then as far as it was flushed; all of it once it
 * is closed. What of the file system's statistics is about writing is FSDataOutputStream's to count.
 */
final class SwarmOutputStream extends OutputStream implements Syncable, StreamCapabilities, IOStatisticsSource {
    private final GrowingFile output;
    private final Path path;
    private final @Nullable Progressable progress;
    private final IOStatisticsStore counters = IOStatisticsBinding.iostatisticsStore()
            .withCounters(
                    StreamStatisticNames.STREAM_WRITE_BYTES,
                    StoreStatisticNames.OP_HFLUSH,
                    StoreStatisticNames.OP_HSYNC)
            .build();
    private State state = State.OPEN;

    private enum State {
        OPEN,
        FAILED,
        CLOSED
    }

    SwarmOutputStream(GrowingFile output, Path path, @Nullable Progressable progress) {
        this.output = output;
        this.path = path;
        this.progress = progress;
    }

    @Override
    public synchronized void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        attempt(() -> output.write(bytes, offset, length));
        counters.incrementCounter(StreamStatisticNames.STREAM_WRITE_BYTES, length);
        if (progress != null) {
            progress.progress();
        }
    }

    /** Hands nothing on: bytes are sent as they come; {@link #hflush} is what shows them. */
    @Override
    public synchronized void flush() throws IOException {
        requireNotClosed();
    }

    @Override
    public synchronized void hflush() throws IOException {
        attempt(output::flush);
        counters.incrementCounter(StoreStatisticNames.OP_HFLUSH);
    }

    /** @throws UnsupportedOperationException of a file that is kept in memory alone; it can be written on */
    @Override
    public synchronized void hsync() throws IOException {
        if (!output.canSync()) {
            requireNotClosed();
            throw new UnsupportedOperationException("hsync of a file that is kept in memory alone: " + path
                    + " (durability memory); hflush shows what was written");
        }
        attempt(output::sync);
        counters.incrementCounter(StoreStatisticNames.OP_HSYNC);
    }

    private void attempt(Runnable work) throws IOException {
        requireNotClosed();
        boolean good = false;
        try {
            Errors.writing(path, () -> {
                work.run();
                return output;
            });
            good = true;
        } finally {
            if (!good) {
                state = State.FAILED;
            }
        }
    }

    private void requireNotClosed() throws IOException {
        if (state == State.CLOSED) {
            throw new IOException(path + ": " + FSExceptionMessages.STREAM_IS_CLOSED);
        }
    }

    /** Closes the file, unless a write failed before: then the grid does, with what it has of it. Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        boolean complete = state == State.OPEN;
        state = State.CLOSED;
        try (output) {
            if (complete) {
                Errors.writing(path, output::commit);
            }
        }
    }

    @Override
    @SuppressWarnings("deprecation") // hflush alone is still asked for
    public boolean hasCapability(String capability) {
        return switch (capability.toLowerCase(Locale.ROOT)) {
            case StreamCapabilities.HFLUSH, StreamCapabilities.IOSTATISTICS -> true;
            case StreamCapabilities.HSYNC -> output.canSync();
            default -> false;
        };
    }

    @Override
    public IOStatistics getIOStatistics() {
        return counters;
    }
}
