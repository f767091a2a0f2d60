package io.swarmgrid.storage.namespace.ignite;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.ReadRepairStrategy;
import org.apache.ignite.internal.processors.cache.distributed.near.consistency.IgniteIrreparableConsistencyViolationException;

/**
 * Gives all copies of a partition what most of them have, of each row that the node has to which it is sent. Answers how many rows
 * most do not agree on, which stay as they are.
 */
final class AlignStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int ROWS_AT_ONCE = 128;

    private final int partition;

    AlignStep(int partition) {
        this.partition = partition;
    }

    @Override
    byte[] run(Tables tables) {
        Map<String, List<Object>> keys = Shares.of(here(), PartitionCopies.class).rows(partition).stream()
                .collect(Collectors.groupingBy(
                        PartitionCopies.Row::cache, Collectors.mapping(PartitionCopies.Row::key, Collectors.toList())));
        long apart = 0;
        for (Map.Entry<String, List<Object>> each : keys.entrySet()) {
            IgniteCache<Object, Object> cache =
                    here().cache(each.getKey()).withReadRepair(ReadRepairStrategy.RELATIVE_MAJORITY);
            List<Object> all = each.getValue();
            for (int from = 0; from < all.size(); from += ROWS_AT_ONCE) {
                apart += align(cache, all.subList(from, Math.min(all.size(), from + ROWS_AT_ONCE)));
            }
        }
        return new RecordWriter(Long.BYTES).count(apart).done();
    }

    private static int align(IgniteCache<Object, Object> cache, List<Object> keys) {
        Set<Object> some = new HashSet<>(keys);
        try {
            Map<Object, Object> unused = cache.getAll(some);
            return 0;
        } catch (RuntimeException e) {
            if (!isApart(e)) {
                throw e;
            }
        }
        int apart = 0;
        for (Object key : keys) {
            try {
                Object unused = cache.get(key);
            } catch (RuntimeException e) {
                if (!isApart(e)) {
                    throw e;
                }
                apart++;
            }
        }
        return apart;
    }

    private static boolean isApart(Throwable error) {
        Throwable at = error;
        while (at != null && !(at instanceof IgniteIrreparableConsistencyViolationException)) {
            at = at.getCause();
        }
        return at != null;
    }

    static long decode(byte[] answer) {
        return new RecordReader(answer).count();
    }
}
