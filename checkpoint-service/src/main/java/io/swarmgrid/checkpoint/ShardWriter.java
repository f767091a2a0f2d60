package io.swarmgrid.checkpoint;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileWriter;
import java.nio.ByteBuffer;

/** A shard on its way, which keeps its session from being given up while it is long. */
final class ShardWriter implements FileWriter {
    private final FileWriter file;
    private final Runnable touch;
    private final long everyNanos;
    private long touchedNanos = System.nanoTime();

    ShardWriter(FileWriter file, Runnable touch, long everyNanos) {
        this.file = file;
        this.touch = touch;
        this.everyNanos = everyNanos;
    }

    @Override
    public void write(ByteBuf bytes) {
        file.write(bytes);
        touchNowAndThen();
    }

    @Override
    public void write(ByteBuffer bytes) {
        file.write(bytes);
        touchNowAndThen();
    }

    @Override
    public long position() {
        return file.position();
    }

    @Override
    public FileStatus commit() {
        FileStatus status = file.commit();
        touch.run();
        return status;
    }

    @Override
    public void close() {
        file.close();
    }

    private void touchNowAndThen() {
        long now = System.nanoTime();
        if (now - touchedNanos >= everyNanos) {
            touchedNanos = now;
            touch.run();
        }
    }
}
