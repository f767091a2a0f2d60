package io.swarmgrid.storage.repair;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/*
 * In memory alone: what is read most is told again and again. So a keeper that has just become one knows nothing, and for as long as it takes
 * until everybody has told it, it leaves near copies where they are.
 *
 * Who gives a block to readers does not matter, but how much all of them do. So a copy that takes its part of the reads does not make the demand
 * look smaller, and is not given up for having helped.
 */
/** What a keeper was told of how often its blocks are read, and so how many nodes more should have each. Thread-safe. */
final class HotBlocks {
    /** So many it knows of. */
    static final int MAX_BLOCKS = 4096;

    /** What was told counts for so many of the intervals in which it is told. */
    private static final int INTERVALS = 3;

    private final CacheConfig config;
    private final long staleNanos;
    private final LongSupplier nanoTime;

    @GuardedBy("this")
    private final Map<BlockId, Known> blocks = new HashMap<>();

    @GuardedBy("this")
    private long version = -1;

    @GuardedBy("this")
    private long keeperSinceNanos;

    @GuardedBy("this")
    private long madeRoomNanos;

    private record Told(double rate, long nanos) {}

    /** Confined to the lock of all. */
    private static final class Known {
        /** By the node that tells it. */
        private final Map<String, Told> told = new HashMap<>();

        private double rate;
        private int copies;
        private long hotNanos;
    }

    /** @param interval in which nodes tell what is read */
    HotBlocks(CacheConfig config, Duration interval, LongSupplier nanoTime) {
        this.config = config;
        this.staleNanos = interval.multipliedBy(INTERVALS).toNanos();
        this.nanoTime = nanoTime;
        this.madeRoomNanos = nanoTime.getAsLong() - staleNanos;
    }

    /** A node tells what it gives to readers. Never waits. */
    synchronized void heard(String from, List<Demand.Rate> rates) {
        if (config.hotRate() == 0) {
            return;
        }
        long now = nanoTime.getAsLong();
        for (Demand.Rate rate : rates) {
            Known known = known(rate, now);
            if (known != null) {
                known.told.put(from, new Told(rate.rate(), now));
                judge(known, now);
            }
        }
    }

    /**
     * A walk begins.
     *
     * @param settled as of {@link io.swarmgrid.storage.membership.Peers#settledVersion}: with another one there may be other blocks
     */
    synchronized void walk(long settled) {
        long now = nanoTime.getAsLong();
        if (settled != version) {
            version = settled;
            keeperSinceNanos = now;
        }
        expire(now);
    }

    /** How many nodes without a durable copy of a block are to have a near one because it is read so much. */
    synchronized int wanted(BlockRecord block) {
        if (config.hotRate() == 0) {
            return 0;
        }
        Known known = blocks.get(block.id());
        int wanted = known == null ? 0 : known.copies;
        if (nanoTime.getAsLong() - keeperSinceNanos >= staleNanos) {
            return wanted;
        }
        long present = block.holders().stream()
                .filter(holder -> !holder.durable())
                .map(Replica::node)
                .count();
        return Math.max(wanted, (int) Math.min(present, config.hotCopies()));
    }

    /** How many blocks are in demand, or were a moment ago. */
    synchronized int count() {
        expire(nanoTime.getAsLong());
        return (int) blocks.values().stream().filter(known -> known.copies > 0).count();
    }

    /** Null where there are too many, for a moment. */
    @GuardedBy("this")
    private @Nullable Known known(Demand.Rate rate, long now) {
        Known known = blocks.get(rate.block());
        if (known != null) {
            return known;
        }
        if (blocks.size() >= MAX_BLOCKS && now - madeRoomNanos >= staleNanos / INTERVALS) {
            madeRoomNanos = now;
            expire(now);
            forgetColdest(blocks.size() - MAX_BLOCKS * 3 / 4);
        }
        if (blocks.size() >= MAX_BLOCKS) {
            return null;
        }
        Known heardOf = new Known();
        blocks.put(rate.block(), heardOf);
        return heardOf;
    }

    /** Of those that are not in demand; so many that the next ones need not ask for room, each for itself. */
    @GuardedBy("this")
    private void forgetColdest(int count) {
        List<BlockId> coldest = blocks.entrySet().stream()
                .filter(each -> each.getValue().copies == 0)
                .sorted(Comparator.comparingDouble(each -> each.getValue().rate))
                .limit(Math.max(0, count))
                .map(Map.Entry::getKey)
                .toList();
        blocks.keySet().removeAll(Set.copyOf(coldest));
    }

    private void judge(Known known, long now) {
        known.told.values().removeIf(told -> now - told.nanos() > staleNanos);
        known.rate = known.told.values().stream().mapToDouble(Told::rate).sum();
        double times = known.rate / config.hotRate();
        if (times > 1) {
            known.copies = Math.max(known.copies, (int) Math.min(config.hotCopies(), times));
            known.hotNanos = now;
        } else if (now - known.hotNanos >= config.hotLinger().toNanos()) {
            known.copies = 0;
        }
    }

    @GuardedBy("this")
    private void expire(long now) {
        blocks.values().removeIf(known -> {
            judge(known, now);
            return known.copies == 0 && known.told.isEmpty();
        });
    }
}
