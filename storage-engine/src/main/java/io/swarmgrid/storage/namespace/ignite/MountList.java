package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ids of all mounts, beside the grid's own directory {@code /.swarm}: to find them, and to count them. What is mounted where
 * says each mount itself; one that is missing here works, and one that is here may be gone.
 */
final class MountList {
    private static final String ATTRIBUTE = "swarm.mounts";

    private MountList() {}

    static List<Long> of(Tables tables) {
        Inode keeper = tables.inode(Ids.SWARM);
        List<Long> ids = new ArrayList<>();
        String text = keeper == null ? "" : keeper.attributes().getOrDefault(ATTRIBUTE, "");
        for (String id : text.split(" ", -1)) {
            if (!id.isEmpty()) {
                ids.add(Long.parseUnsignedLong(id, 16));
            }
        }
        return ids;
    }

    /** Within a transaction. */
    static void put(Tables tables, List<Long> ids) {
        Inode keeper = tables.inode(Ids.SWARM);
        if (keeper == null) {
            throw new StaleException("the namespace is being made");
        }
        Map<String, String> attributes = new LinkedHashMap<>(keeper.attributes());
        attributes.put(
                ATTRIBUTE, String.join(" ", ids.stream().map(Long::toHexString).toList()));
        tables.inode(Ids.SWARM, keeper.with(keeper.kind(), attributes));
    }

    /** Those that are there, or may be had back from the trash. */
    static List<Long> living(Tables tables) {
        return of(tables).stream()
                .filter(id -> {
                    Inode inode = tables.inode(id);
                    return inode != null && inode.isMount();
                })
                .toList();
    }
}
