package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.MetadataCheckResult.MiscountedQuota;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.ignite.Ignite;
import org.jspecify.annotations.Nullable;

/** Whether what quotas count is what inodes say. Looks through all inodes, where there are quotas. Confined to one thread. */
final class QuotaSums {
    private static final int AT_ONCE = 4;

    private final Ignite ignite;
    private final PacedNodes nodes;
    private final int partitions;

    QuotaSums(Ignite ignite, PacedNodes nodes, int partitions) {
        this.ignite = ignite;
        this.nodes = nodes;
        this.partitions = partitions;
    }

    /**
     * Those that count something else.
     *
     * @param repair whether they are to be put right, and counted anew
     */
    List<MiscountedQuota> miscounted(boolean repair) throws InterruptedException {
        Tables tables = Tables.of(ignite);
        Map<Long, Amount> over = new HashMap<>();
        Set<Long> all = tables.charging().all().keySet();
        for (int from = 0; from < partitions && !all.isEmpty(); from += AT_ONCE) {
            QuotaSumsStep step = new QuotaSumsStep(from, Math.min(partitions, from + AT_ONCE), all, repair);
            for (byte[] answer : nodes.askAll(step)) {
                QuotaSumsStep.decode(answer).forEach((quota, more) -> over.merge(quota, more, Amount::plus));
            }
        }
        return over.entrySet().stream()
                .map(each -> shown(tables, each.getKey(), each.getValue()))
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(MiscountedQuota::path))
                .toList();
    }

    private static @Nullable MiscountedQuota shown(Tables tables, long id, Amount over) {
        Quota quota = tables.charging().quota(id);
        Inode directory = quota == null ? null : tables.inode(quota.directory());
        return directory == null
                ? null
                : new MiscountedQuota(LayoutStep.pathOf(tables, directory), over.bytes(), over.entries());
    }
}
