package io.swarmgrid.tasks;

import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.Holder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who has the whole of a file. */
final class Holdings {
    private Holdings() {}

    /** Names of the live nodes that have every block; null where there are no blocks: every node has the metadata. */
    static @Nullable Set<String> all(List<BlockLocation> blocks) {
        Set<String> whole = null;
        for (BlockLocation block : blocks) {
            Set<String> names = block.holders().stream()
                    .filter(Holder::live)
                    .map(Holder::node)
                    .collect(Collectors.toSet());
            if (whole == null) {
                whole = new HashSet<>(names);
            } else {
                whole.retainAll(names);
            }
        }
        return whole;
    }
}
