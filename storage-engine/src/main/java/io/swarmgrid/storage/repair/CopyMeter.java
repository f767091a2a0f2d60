package io.swarmgrid.storage.repair;

import java.util.function.LongSupplier;

/** Counts what was copied, and how fast of late. Thread-safe. */
final class CopyMeter {
    private static final int WINDOW_SECONDS = 5;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final LongSupplier nanoTime;
    /** Bytes of each of the last seconds, by second modulo window; guarded by this, as is all below. */
    private final long[] bytesBySecond = new long[WINDOW_SECONDS];

    private long latestSecond;
    private long blocks;
    private long bytes;

    CopyMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.latestSecond = second();
    }

    synchronized void copied(long sizeBytes) {
        forget();
        blocks++;
        bytes += sizeBytes;
        bytesBySecond[slot(latestSecond)] += sizeBytes;
    }

    synchronized long blocks() {
        return blocks;
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized long bytesPerSecond() {
        forget();
        long sum = 0;
        for (long of : bytesBySecond) {
            sum += of;
        }
        return sum / WINDOW_SECONDS;
    }

    private void forget() {
        long now = second();
        long oldest = Math.max(latestSecond + 1, now - WINDOW_SECONDS + 1);
        for (long passed = oldest; passed <= now; passed++) {
            bytesBySecond[slot(passed)] = 0;
        }
        latestSecond = Math.max(latestSecond, now);
    }

    private long second() {
        return Math.floorDiv(nanoTime.getAsLong(), SECOND_NANOS);
    }

    private static int slot(long second) {
        return (int) Math.floorMod(second, (long) WINDOW_SECONDS);
    }
}
