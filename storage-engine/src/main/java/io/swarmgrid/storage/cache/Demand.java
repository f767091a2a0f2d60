package io.swarmgrid.storage.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.storage.block.BlockId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/*
 * A rate that fades (Cormode, Shkapenyuk, Srivastava and Xu, "Forward Decay", 2009, in its exponential form): what was read t seconds ago
 * counts e^(-t/10) of what it did then, and a tenth of the sum is reads a second. So one read in passing is a tenth of a read a second, and
 * the counter of a block that is read no more needs nobody to look after it.
 *
 * Only so many blocks have one. Which they are Caffeine decides, by how often each was read of late: a scan over all blocks pushes none of
 * those out that are read again and again.
 */
/**
 * How much of each block this node gives to whoever reads it, from a copy of its own, in whole reads a second: of the blocks that it gives the
 * most of. Thread-safe.
 */
public final class Demand {
    /** So many blocks have a counter. */
    static final int MAX_BLOCKS = 4096;

    /** A smaller part counts as so much: it is read and checked, and costs a call. */
    static final long LEAST_BYTES = 64 << 10;

    private static final double FADING_SECONDS = 10;
    private static final double FADING_NANOS = FADING_SECONDS * TimeUnit.SECONDS.toNanos(1);

    private final boolean counts;
    private final LongSupplier nanoTime;
    private final Cache<BlockId, Counter> counters = Caffeine.newBuilder()
            .maximumSize(MAX_BLOCKS)
            .executor(Runnable::run)
            .build();

    private Demand(boolean counts, LongSupplier nanoTime) {
        this.counts = counts;
        this.nanoTime = nanoTime;
    }

    /** Nothing was read yet; nothing is counted where no rate is too high. */
    public static Demand of(CacheConfig config, LongSupplier nanoTime) {
        return new Demand(config.hotRate() > 0, nanoTime);
    }

    /**
     * A block that is read.
     *
     * @param fileId whose block it is
     * @param rate reads of all of it a second
     */
    public record Rate(long fileId, BlockId block, double rate) {}

    /** A part of a sealed block was given to somebody. */
    public void gave(long fileId, BlockId block, long bytes, long lengthBytes) {
        if (!counts || lengthBytes <= 0) {
            return;
        }
        double reads = (double) Math.max(Math.min(LEAST_BYTES, lengthBytes), bytes) / lengthBytes;
        counters.get(block, id -> new Counter(fileId)).add(reads, nanoTime.getAsLong());
    }

    /**
     * The blocks that are read most, first.
     *
     * @param most how many at most
     * @param leastRate and none that are read less than so often a second
     */
    public List<Rate> hottest(int most, double leastRate) {
        long now = nanoTime.getAsLong();
        List<Rate> rates = new ArrayList<>();
        counters.asMap().forEach((block, counter) -> {
            double rate = counter.rate(now);
            if (rate >= leastRate) {
                rates.add(new Rate(counter.fileId, block, rate));
            }
        });
        rates.sort(Comparator.comparingDouble(Rate::rate).reversed());
        return List.copyOf(rates.subList(0, Math.min(most, rates.size())));
    }

    /** How many blocks have a counter. */
    int counted() {
        counters.cleanUp();
        return counters.asMap().size();
    }

    private static final class Counter {
        private final long fileId;

        @GuardedBy("this")
        private double reads;

        @GuardedBy("this")
        private long atNanos;

        Counter(long fileId) {
            this.fileId = fileId;
        }

        synchronized void add(double more, long now) {
            reads = faded(now) + more;
            atNanos = now;
        }

        synchronized double rate(long now) {
            return faded(now) / FADING_SECONDS;
        }

        /** Others may have come with a later time. */
        @GuardedBy("this")
        private double faded(long now) {
            return reads * Math.exp(-Math.max(0, now - atNanos) / FADING_NANOS);
        }
    }
}
