package io.swarmgrid.storage.mounted;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileWriter;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** A put that was done before: takes the same bytes again, and tells what they have become. */
final class RepeatedWriter implements FileWriter {
    private final Supplier<FileStatus> earlier;
    private long position;

    RepeatedWriter(Supplier<FileStatus> earlier) {
        this.earlier = earlier;
    }

    @Override
    public void write(ByteBuf bytes) {
        position += bytes.readableBytes();
        bytes.release();
    }

    @Override
    public void write(ByteBuffer bytes) {
        position += bytes.remaining();
        bytes.position(bytes.limit());
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileStatus commit() {
        return earlier.get();
    }

    @Override
    public void close() {
        // Nothing was begun.
    }
}
