package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What records say of the nodes that have a block. */
final class HeldBlocks {
    private HeldBlocks() {}

    /** Names of those that have such a copy; none of what is not recorded. */
    static Set<String> names(@Nullable BlockRecord block, Predicate<Replica> such) {
        return block == null
                ? Set.of()
                : block.holders().stream()
                        .filter(such)
                        .map(Replica::node)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is recorded of a node, which is changed. */
    static BlockRecord with(BlockRecord block, String node, UnaryOperator<@Nullable Replica> change) {
        List<Replica> holders = new ArrayList<>(block.holders());
        Replica before = holders.stream()
                .filter(holder -> holder.node().equals(node))
                .findFirst()
                .orElse(null);
        holders.remove(before);
        Replica after = change.apply(before);
        if (after != null) {
            holders.add(after);
        }
        return block.heldBy(holders);
    }

    static boolean isDurableOn(BlockRecord block, String node) {
        return block.holders().stream()
                .anyMatch(holder -> holder.durable() && holder.node().equals(node));
    }
}
