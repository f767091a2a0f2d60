package io.swarmgrid.storage.membership;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.annotation.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Each node says every second what time it has. A clock is known as its distance from this node's monotonic clock, which never
 * jumps, so that a jump of this node's own clock shows at once, and in itself alone. What more than half of the live nodes'
 * clocks agree on is the time; while none do, the last that did, as it went on. Nothing is set: the node's own clock counts
 * again as soon as it is right.
 */
/**
 * The time that nodes give to what they write down for each other: this node's own clock while that is right, and what most
 * nodes say where it is off. So a clock that jumps, or was never set, neither ends nor prolongs what others measure. Thread-safe.
 */
public final class GridClock extends Clock {
    /** Clocks that are less apart agree: it takes a while until a node that was held up has read what it was told. */
    static final Duration TOLERANCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(GridClock.class);
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final String node;
    private final Clock own;
    private final LongSupplier nanoTime;

    /** By node: how far its clock is before this node's monotonic one. */
    @GuardedBy("this")
    private final Map<String, Long> offsetsMs = new HashMap<>();

    @GuardedBy("this")
    private Collection<String> told = List.of();

    private volatile long agreedMs = UNKNOWN;

    /** @param node this one's name */
    GridClock(String node, Clock own, LongSupplier nanoTime) {
        this.node = node;
        this.own = own;
        this.nanoTime = nanoTime;
    }

    @Override
    public long millis() {
        long now = own.millis();
        long agreed = agreedMs;
        long steady = steadyMs();
        return agreed == UNKNOWN || agree(now - steady, agreed) ? now : steady + agreed;
    }

    /** What this node's own clock says, right or wrong: for others to hear. */
    long ownMs() {
        return own.millis();
    }

    synchronized void heard(String from, long theirMs) {
        offsetsMs.put(from, theirMs - steadyMs());
    }

    /** Finds out anew what time it is, and whose clock is off. */
    synchronized void settle(Collection<String> live) {
        offsetsMs.keySet().retainAll(live);
        offsetsMs.put(node, own.millis() - steadyMs());
        OptionalLong agreed = agreed();
        agreed.ifPresent(offset -> agreedMs = offset);
        long right = agreedMs == UNKNOWN ? own.millis() - steadyMs() : agreedMs;
        Map<String, Long> off = new TreeMap<>();
        offsetsMs.forEach((name, offset) -> {
            if (!agree(offset, right)) {
                off.put(name, TimeUnit.MILLISECONDS.toSeconds(offset - right));
            }
        });
        tell(off, agreed.isPresent());
    }

    /** The middle one of those that agree with each other, where these are more than half. */
    @GuardedBy("this")
    private OptionalLong agreed() {
        List<Long> sorted = new ArrayList<>(offsetsMs.values());
        sorted.sort(null);
        int most = sorted.size() / 2 + 1;
        for (int first = 0; first + most <= sorted.size(); first++) {
            if (agree(sorted.get(first), sorted.get(first + most - 1))) {
                return OptionalLong.of(sorted.get(first + most / 2));
            }
        }
        return OptionalLong.empty();
    }

    @GuardedBy("this")
    private void tell(Map<String, Long> off, boolean majority) {
        if (off.keySet().equals(new TreeSet<>(told))) {
            return;
        }
        told = List.copyOf(off.keySet());
        if (off.isEmpty()) {
            LOG.info("clocks agree again: nodes={}", new TreeSet<>(offsetsMs.keySet()));
        } else if (majority) {
            off.forEach((name, seconds) -> LOG.warn(
                    "clock is off: node={}, ahead_seconds={} of most nodes; what it writes down gets the time of most, set it",
                    name,
                    seconds));
        } else {
            LOG.warn("clocks differ, and no majority agrees: ahead_seconds={}; set them", off);
        }
    }

    private static boolean agree(long one, long other) {
        return Math.abs(one - other) <= TOLERANCE.toMillis();
    }

    private long steadyMs() {
        return TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong());
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("the time of the grid is UTC, not " + zone);
    }
}
