package io.swarmgrid.node.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.SplittableRandom;

/** Bytes that nothing compresses, the same for the same seed. Not thread-safe. */
final class SeededBytes implements ReadableByteChannel {
    private final SplittableRandom random;
    private final ByteBuffer ready = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private long left;

    SeededBytes(long seed, long sizeBytes) {
        this.random = new SplittableRandom(seed);
        this.left = sizeBytes;
        ready.limit(0);
    }

    @Override
    public int read(ByteBuffer target) {
        if (left == 0) {
            return -1;
        }
        int written = 0;
        while (target.hasRemaining() && left > 0) {
            if (!ready.hasRemaining()) {
                ready.clear();
                while (ready.hasRemaining()) {
                    ready.putLong(random.nextLong());
                }
                ready.flip();
            }
            int count = (int) Math.min(left, Math.min(target.remaining(), ready.remaining()));
            target.put(target.position(), ready, ready.position(), count);
            target.position(target.position() + count);
            ready.position(ready.position() + count);
            written += count;
            left -= count;
        }
        return written;
    }

    /** SHA-256 of what is left, which is read by that. */
    String hash() {
        MessageDigest digest = HashingChannel.sha256();
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
        while (read(chunk) >= 0) {
            digest.update(chunk.flip());
            chunk.clear();
        }
        return java.util.HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
