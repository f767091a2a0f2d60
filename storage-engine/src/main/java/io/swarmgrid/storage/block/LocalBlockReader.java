package io.swarmgrid.storage.block;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/** Reads a sealed block's file by position; an interrupted thread closes the channel for all, so it is opened again. */
final class LocalBlockReader implements BlockReader {
    private static final int SPAN = SpanChecksums.SPAN_BYTES;
    private static final int MAX_REOPENS = 8;
    /** What is read and then summed up at once: little enough to be in the processor's cache still. */
    private static final int PIECE_BYTES = 4 * SPAN;

    private final StoredBlock block;
    private final int[] spans;
    private final ChunkBuffers buffers;
    private final Supplier<Path> place;
    private final Object lock = new Object();
    private FileChannel channel;
    private boolean closed;

    private LocalBlockReader(
            StoredBlock block, int[] spans, ChunkBuffers buffers, FileChannel channel, Supplier<Path> place) {
        this.block = block;
        this.spans = spans;
        this.buffers = buffers;
        this.channel = channel;
        this.place = place;
    }

    /** Of a block whose file stays where it is. */
    static LocalBlockReader open(StoredBlock block, int[] spans, ChunkBuffers buffers) throws IOException {
        return open(block, spans, buffers, block::path);
    }

    /**
     * @param spans checksums of the block, not to be changed
     * @param place where its file is by now, for when it has to be opened again
     */
    static LocalBlockReader open(StoredBlock block, int[] spans, ChunkBuffers buffers, Supplier<Path> place)
            throws IOException {
        return new LocalBlockReader(block, spans, buffers, openFile(block.path()), place);
    }

    @Override
    public StoredBlock block() {
        return block;
    }

    @Override
    public ByteBuf read(long position, int length) {
        if (position < 0 || length < 0 || length > block.lengthBytes() - position) {
            throw GridException.invalid("cannot read past the end of a block: " + name() + ", position=" + position
                    + ", length=" + length + ", length_bytes=" + block.lengthBytes());
        }
        if (length == 0) {
            return buffers.take(0);
        }
        long from = position / SPAN * SPAN;
        long end = position + length;
        long to = Math.min(block.lengthBytes(), (end + SPAN - 1) / SPAN * SPAN);
        ByteBuf spansRead = buffers.take(Math.toIntExact(to - from));
        boolean good = false;
        try {
            for (long at = from; at < to; at += PIECE_BYTES) {
                int piece = (int) Math.min(PIECE_BYTES, to - at);
                fill(spansRead, at, piece);
                check(spansRead, at, piece);
            }
            good = true;
        } finally {
            if (!good) {
                spansRead.release();
            }
        }
        // Whole spans are checked, so what a caller asked for may be only a part of what was read.
        return to - from == length ? spansRead : spansRead.slice((int) (position - from), length);
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing was written through it.
            }
        }
    }

    private void fill(ByteBuf target, long from, int length) {
        for (int attempt = 0; ; attempt++) {
            FileChannel source = current();
            try {
                if (!Disk.readFully(source, target.nioBuffer(target.writerIndex(), length), from)) {
                    throw damaged("file is cut short", from, null);
                }
                target.writerIndex(target.writerIndex() + length);
                return;
            } catch (ClosedByInterruptException e) {
                throw Disk.failed("cannot read block " + name(), e);
            } catch (ClosedChannelException e) {
                reopen(source, attempt);
            } catch (IOException e) {
                throw damaged("cannot be read", from, e);
            }
        }
    }

    private void check(ByteBuf bytes, long from, int length) {
        ByteBuf piece = bytes.slice(bytes.writerIndex() - length, length);
        int bad = SpanChecksums.firstBad(piece, spans, (int) (from / SPAN));
        if (bad >= 0) {
            throw damaged("checksum does not fit", (long) bad * SPAN, null);
        }
    }

    private FileChannel current() {
        synchronized (lock) {
            return channel;
        }
    }

    private void reopen(FileChannel lost, int attempt) {
        synchronized (lock) {
            if (closed || attempt >= MAX_REOPENS) {
                throw new GridException(ErrorCode.CANCELLED, "reader of block " + name() + " was closed");
            }
            if (channel != lost) {
                return;
            }
            try {
                channel = openFile(place.get());
            } catch (NoSuchFileException e) {
                throw new GridException(ErrorCode.NOT_FOUND, "block was deleted: " + name(), e);
            } catch (IOException e) {
                throw Missing.unreadable(block, e);
            }
        }
    }

    private GridException damaged(String what, long at, @org.jspecify.annotations.Nullable IOException cause) {
        return new GridException(
                ErrorCode.CORRUPT_DATA,
                "block is damaged, " + what + ": " + name() + ", offset=" + at + ", file=" + block.path()
                        + (cause == null ? "" : ": " + cause.getMessage()),
                cause);
    }

    private String name() {
        return "block=" + block.id() + ", epoch=" + block.epoch();
    }

    private static FileChannel openFile(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }
}
