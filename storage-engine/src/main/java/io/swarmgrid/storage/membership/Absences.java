package io.swarmgrid.storage.membership;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.ignite.cluster.BaselineNode;
import org.jspecify.annotations.Nullable;

/** The voters that are not there: since when, and what they said of themselves before. Guarded by whoever keeps it. */
final class Absences {
    private final LongSupplier nanoTime;
    /** When each was first seen missing. */
    private final Map<String, Long> sinceNanos = new HashMap<>();
    /** What voters last said, also those that are there. */
    private final Map<String, GridNodeInfo> lastKnown = new HashMap<>();

    Absences(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Takes note of who is there.
     *
     * @param baseline the voters by name
     * @param live who is there, by name
     * @param unheard what is known of a voter that was never there
     */
    void track(
            Map<String, BaselineNode> baseline,
            Map<String, GridNodeInfo> live,
            Function<BaselineNode, GridNodeInfo> unheard) {
        sinceNanos.keySet().removeIf(name -> live.containsKey(name) || !baseline.containsKey(name));
        lastKnown.keySet().removeIf(name -> !baseline.containsKey(name));
        baseline.forEach((name, node) -> {
            GridNodeInfo present = live.get(name);
            if (present != null) {
                lastKnown.put(name, present);
            } else {
                lastKnown.putIfAbsent(name, unheard.apply(node));
                sinceNanos.putIfAbsent(name, nanoTime.getAsLong());
            }
        });
    }

    /** For how long a voter has been missing; 0 for one that is not. */
    long nanos(String name) {
        Long since = sinceNanos.get(name);
        return since == null ? 0 : nanoTime.getAsLong() - since;
    }

    @Nullable
    GridNodeInfo lastKnown(String name) {
        return lastKnown.get(name);
    }
}
