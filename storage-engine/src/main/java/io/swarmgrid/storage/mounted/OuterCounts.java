package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.wire.MountStatistics;
import java.util.concurrent.atomic.LongAdder;

/** What was read of one store through this node since it started. Thread-safe. */
final class OuterCounts {
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder nearBytes = new LongAdder();
    final LongAdder nodeBytes = new LongAdder();
    final LongAdder storeBytes = new LongAdder();
    final LongAdder storeReads = new LongAdder();
    final LongAdder failures = new LongAdder();

    /** A reader has come to a page. */
    void came(boolean isMiss) {
        (isMiss ? misses : hits).increment();
    }

    MountStatistics shown(String uri, long evictions) {
        return new MountStatistics(
                uri,
                hits.sum(),
                misses.sum(),
                nearBytes.sum(),
                nodeBytes.sum(),
                storeBytes.sum(),
                storeReads.sum(),
                failures.sum(),
                evictions);
    }
}
