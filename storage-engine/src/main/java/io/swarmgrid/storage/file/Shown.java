package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The block file that was shown to a caller who writes in place. It stays readable here whatever becomes of the block: what
 * the caller put there may be ahead of what the block has taken when a node is lost and the bytes go into another one.
 */
final class Shown implements AutoCloseable {
    private final BlockWriter writer;
    private final Path file;
    private final FileChannel channel;

    private Shown(BlockWriter writer, Path file, FileChannel channel) {
        this.writer = writer;
        this.file = file;
        this.channel = channel;
    }

    static Shown of(BlockWriter writer) {
        Path file = writer.file();
        try {
            return new Shown(writer, file, FileChannel.open(file, StandardOpenOption.READ));
        } catch (IOException e) {
            throw new GridException(ErrorCode.UNAVAILABLE, "cannot read a block that is being written: " + file, e);
        }
    }

    Path file() {
        return file;
    }

    /** Whether bytes that lie in the file are in the block of that writer. */
    boolean isOf(BlockWriter other) {
        return writer == other;
    }

    /** Fills the buffer. */
    void read(ByteBuffer into, long position) {
        long at = position;
        try {
            while (into.hasRemaining()) {
                int count = channel.read(into, at);
                if (count < 0) {
                    throw new GridException(
                            ErrorCode.CORRUPT_INPUT,
                            "bytes that were announced are not in the file: file=" + file + ", position=" + at
                                    + ", missing_bytes=" + into.remaining());
                }
                at += count;
            }
        } catch (IOException e) {
            throw new GridException(ErrorCode.UNAVAILABLE, "cannot read what was written in place: " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
