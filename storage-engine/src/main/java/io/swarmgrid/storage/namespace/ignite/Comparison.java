package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.MetadataCheckResult.PartitionCopy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/*
 * Copies that have seen as many changes must be alike; others are looked at again, since a change may have come between. What stays
 * behind although nothing changes any more lacks a change. Ignite counts a change of a row a moment after it has made it, and a
 * thread may lose its processor in that moment: so nothing is told before it was found some times in a row.
 */
/** What is known of partitions by now. Confined to one thread. */
final class Comparison {
    /** How often in a row copies are not alike before they are told. */
    static final int CONFIRMED = 4;

    private final BitSet open;
    private final Map<Integer, DifferingPartition> differing = new TreeMap<>();
    private final Map<Integer, Map<String, PartitionDigest>> before = new HashMap<>();
    private final Map<Integer, Integer> suspicions = new HashMap<>();
    private final Map<Integer, Long> rows = new HashMap<>();

    /** @param partitions what is to be compared */
    Comparison(BitSet partitions) {
        this.open = (BitSet) partitions.clone();
    }

    /** Partitions of which nothing is known yet. It is not to be changed. */
    BitSet open() {
        return open;
    }

    List<DifferingPartition> differing() {
        return List.copyOf(differing.values());
    }

    /** Of all copies that are alike, those of one. */
    long rows() {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Has what differs looked at again. */
    void reopenDiffering() {
        differing.keySet().forEach(open::set);
        differing.keySet().forEach(before::remove);
        differing.keySet().forEach(suspicions::remove);
        differing.clear();
    }

    /** Whether its copies are. */
    boolean isAlike(int partition) {
        return rows.containsKey(partition);
    }

    /** @param copies by node, all that there are */
    void look(int partition, Map<String, PartitionDigest> copies) {
        if (!open.get(partition)) {
            return;
        }
        Map<String, PartitionDigest> last = before.put(partition, copies);
        if (copies.isEmpty() || !copies.values().stream().allMatch(PartitionDigest::isSettled)) {
            suspicions.remove(partition);
            return;
        }
        PartitionDigest any = copies.values().iterator().next();
        if (copies.values().stream().allMatch(any::equals)) {
            rows.put(partition, any.rows());
            open.clear(partition);
        } else if (copies.values().stream().allMatch(copy -> copy.updates() == any.updates()) || copies.equals(last)) {
            if (suspicions.merge(partition, 1, Integer::sum) == CONFIRMED) {
                differing.put(partition, told(partition, copies));
                open.clear(partition);
            }
        } else {
            suspicions.remove(partition);
        }
    }

    private static DifferingPartition told(int partition, Map<String, PartitionDigest> copies) {
        List<PartitionCopy> told = new ArrayList<>();
        copies.forEach((node, copy) ->
                told.add(new PartitionCopy(node, copy.updates(), copy.rows(), Long.toHexString(copy.sum()))));
        return new DifferingPartition(partition, told);
    }
}
