package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.storage.cache.Demand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells keepers how often this node gives blocks of theirs to readers: those that it gives most of. Confined to one thread. */
final class Hotspots {
    private static final Logger LOG = LoggerFactory.getLogger(Hotspots.class);

    /** So many at a time, to all keepers together. */
    static final int MAX_TOLD = 256;

    /** What one node gives of a block may be too little to be told, and then comes from at most so many before that counts. */
    private static final double SHARES = 16;

    private final Repair.Seams seams;
    private final double leastRate;

    Hotspots(Repair.Seams seams, CacheConfig config) {
        this.seams = seams;
        this.leastRate = config.hotRate() / SHARES;
    }

    /** Tells them now. A keeper of none of them hears nothing: what it was told before ends with time. */
    void tell() {
        Map<String, List<Demand.Rate>> byKeeper = new TreeMap<>();
        try {
            for (Demand.Rate rate : seams.demand().hottest(MAX_TOLD, leastRate)) {
                seams.census().keeper(rate.fileId(), rate.block()).ifPresent(keeper -> byKeeper.computeIfAbsent(
                                keeper, name -> new ArrayList<>())
                        .add(rate));
            }
        } catch (GridException e) {
            LOG.debug("not told what is read most, will be the next time: {}", e.getMessage());
            return;
        }
        byKeeper.forEach(
                (keeper, rates) -> seams.peers().send(keeper, Repair.TOPIC, new RepairMessage.Hot(rates).encode()));
    }
}
