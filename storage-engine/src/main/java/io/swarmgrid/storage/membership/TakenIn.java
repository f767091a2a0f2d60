package io.swarmgrid.storage.membership;

import org.apache.ignite.events.EventType;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.persistence.IgniteCacheDatabaseSharedManager;

/**
 * Writes down how far a node's copies of the metadata have come when it has taken them in. The engine logs the entries, and not that none
 * is missing between them: until its next checkpoint, minutes later, a node that dies passes for one that knows as little as before. After
 * the death of all nodes one that has seen less, but without such a gap, would be believed, and the others take over its state.
 */
final class TakenIn {
    static final int EVENT = EventType.EVT_CACHE_REBALANCE_STOPPED;

    private TakenIn() {}

    static void attach(IgniteEx ignite) {
        IgniteCacheDatabaseSharedManager database =
                ignite.context().cache().context().database();
        ignite.events()
                .localListen(
                        event -> {
                            database.forceCheckpoint("metadata taken in");
                            return true;
                        },
                        EVENT);
        database.forceCheckpoint("metadata may be taken in by now");
    }
}
