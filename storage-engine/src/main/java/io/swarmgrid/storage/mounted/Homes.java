package io.swarmgrid.storage.mounted;

import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which node has a part of an outer file from the store, so that all others have it from there: that with the highest number made of
 * both (rendezvous: Thaler and Ravishankar, 1998). Thread-safe.
 */
final class Homes {
    private final Nodes nodes;

    Homes(Nodes nodes) {
        this.nodes = nodes;
    }

    /** Another node; empty where this one is it. */
    Optional<GridNodeInfo> elsewhere(OuterFile file, long part) {
        String name = file.uri() + '\n' + file.path() + '\n' + file.version().version() + '\n' + part;
        @Nullable GridNodeInfo best = null;
        long highest = 0;
        for (GridNodeInfo node : nodes.live()) {
            long number = Hash.of(name, node.name())[0];
            if (!node.draining() && (best == null || number > highest)) {
                best = node;
                highest = number;
            }
        }
        return best == null || best.name().equals(nodes.local().name()) ? Optional.empty() : Optional.of(best);
    }
}
