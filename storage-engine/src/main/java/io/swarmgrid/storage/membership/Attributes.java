package io.swarmgrid.storage.membership;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.ignite.cluster.BaselineNode;
import org.jspecify.annotations.Nullable;

/** What a node says of itself when it joins, for as long as it stays: names of Ignite's node attributes. */
final class Attributes {
    static final String GRID_NAME = "swarm.grid";
    /** The grid that the node's data directory belongs to; unset on a fresh node. */
    static final String GRID_ID = "swarm.grid-id";

    static final String ZONE = "swarm.zone";
    static final String FLIGHT = "swarm.flight";
    /** Whether the node may begin a grid: it has no seeds, or is one of them. */
    static final String FOUNDER = "swarm.founder";

    /** Whether the node takes no blocks. */
    static final String WITNESS = "swarm.witness";

    /** Whether the node came without a store of metadata, and has not been seen with all of its share since. */
    static final String LACKS_METADATA = "swarm.lacks-metadata";

    static final String PID = "swarm.pid";
    static final String VERSION = "swarm.version";

    private Attributes() {}

    static String text(BaselineNode node, String name) {
        Object value = node.attribute(name);
        return value == null ? "" : value.toString();
    }

    static long number(BaselineNode node, String name) {
        Object value = node.attribute(name);
        return value instanceof Long number ? number : 0;
    }

    static boolean flag(BaselineNode node, String name) {
        return Boolean.TRUE.equals(node.attribute(name));
    }

    static Optional<UUID> gridId(BaselineNode node) {
        @Nullable Object value = node.attribute(GRID_ID);
        return value instanceof UUID id ? Optional.of(id) : Optional.empty();
    }

    /** What the first of these nodes that has been in a grid says that it was. */
    static Optional<UUID> anyGridId(Collection<? extends BaselineNode> nodes) {
        return nodes.stream().map(Attributes::gridId).flatMap(Optional::stream).findFirst();
    }

    /** Those of these nodes that are counted and came without their metadata, by name, in order. */
    static Set<String> lackingMetadata(Collection<? extends BaselineNode> nodes, Set<String> baseline) {
        return nodes.stream()
                .filter(node -> flag(node, LACKS_METADATA))
                .map(Attributes::name)
                .filter(baseline::contains)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static String name(BaselineNode node) {
        return node.consistentId().toString();
    }
}
