package io.swarmgrid.storage.namespace.ignite;

import org.apache.ignite.Ignite;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.CacheGroupContext;
import org.apache.ignite.internal.processors.cache.PartitionUpdateCounter;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtLocalPartition;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtPartitionState;
import org.apache.ignite.internal.util.typedef.internal.CU;

/*
 * Ignite counts the changes of each copy of a partition. The primary counts a change as reserved when it is prepared, which is before
 * any of its rows is written, and as seen once they are: a copy that has no more reserved than seen is not being changed.
 */
/** How many changes this node's copies of the metadata's partitions have seen. Thread-safe. */
final class PartitionChanges {
    private static final long UNKNOWN = -1;

    private final IgniteEx ignite;

    PartitionChanges(Ignite ignite) {
        this.ignite = (IgniteEx) ignite;
    }

    /**
     * How many this node's copy has seen; with the same number it has the same rows.
     *
     * @return negative where changes are under way or missing, and where there is no whole copy here
     */
    long seen(int partition) {
        CacheGroupContext group = ignite.context().cache().cacheGroup(CU.cacheId(NamespaceCaches.GROUP));
        GridDhtLocalPartition copy = group == null ? null : group.topology().localPartition(partition);
        return copy == null || copy.state() != GridDhtPartitionState.OWNING ? UNKNOWN : seen(copy);
    }

    /** The same of a copy that does not go away meanwhile. */
    static long seen(GridDhtLocalPartition copy) {
        PartitionUpdateCounter counter = copy.dataStore().partUpdateCounter();
        if (counter == null) {
            return 0; // nothing was ever written there
        }
        long seen = counter.get();
        boolean rests = counter.sequential() && counter.reserved() <= seen;
        // Looked at again last: on a copy that is not the primary's, changes that came out of order may have closed up
        // in between.
        return rests && counter.get() == seen ? seen : UNKNOWN;
    }

    /** Changes whenever copies may have come or gone. */
    long topology() {
        return ignite.cluster().topologyVersion();
    }
}
