package io.swarmgrid.storage.namespace.ignite;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import javax.cache.Cache;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;

/**
 * Quotas of a partition after a log that was cut off: what the inodes count for is true, and the shares are made to say so. What a share may
 * use beyond that, and what all of them may, is given anew.
 */
final class TornQuotas {
    private static final int PAGE = 512;

    private final Runner runner;
    private final int partition;

    TornQuotas(Runner runner, int partition) {
        this.runner = runner;
        this.partition = partition;
    }

    /**
     * @param counts whether any inode of the partition counts for something
     * @return how many shares were wrong
     */
    int mend(boolean counts) {
        Set<Long> quotas = new HashSet<>();
        Map<Long, Allowance> shares = new HashMap<>();
        runner.look(tables -> {
            each(partition, tables.charging().rows(), (key, row) -> {
                if (key.isQuota()) {
                    quotas.add(key.quota());
                } else if (!key.equals(QuotaKey.WORK)) {
                    shares.put(key.quota(), Allowance.decode(row));
                }
            });
            return partition;
        });
        if (!counts && shares.isEmpty()) {
            return doubted(quotas);
        }
        // Of a change that is being applied the share may be there, and its inode not yet: after this both are, and
        // whatever comes later changes the share.
        shares.replaceAll(
                (quota, share) -> runner.lookSettled(tables -> share(tables, QuotaKey.share(partition, quota))));
        Map<Long, Amount> counted = runner.look(tables -> counted(tables, partition));
        doubted(quotas);
        Set<Long> all = new HashSet<>(shares.keySet());
        all.addAll(counted.keySet());
        int wrong = 0;
        for (long quota : all) {
            Allowance share = shares.getOrDefault(quota, Allowance.NONE);
            Amount used = counted.getOrDefault(quota, Amount.ZERO);
            boolean isWrong = !share.used().equals(used);
            if (isWrong || !share.allowed().equals(used)) {
                QuotaKey key = QuotaKey.share(partition, quota);
                boolean mended = runner.mend(tables -> right(tables, key, share.changes(), used));
                wrong += mended && isWrong ? 1 : 0;
            }
        }
        return wrong;
    }

    private int doubted(Set<Long> quotas) {
        quotas.forEach(id -> runner.mend(tables -> doubt(tables, id)));
        return 0;
    }

    static Allowance share(Tables tables, QuotaKey key) {
        Allowance share = tables.charging().share(key);
        return share == null ? Allowance.NONE : share;
    }

    /** What the inodes of a partition of this node count for each quota. */
    static Map<Long, Amount> counted(Tables tables, int partition) {
        Map<Long, Amount> counted = new HashMap<>();
        each(partition, tables.inodeCache(), (id, row) -> {
            Charge charge = Ids.isInode(id) ? Inode.decode(row).charge() : Charge.NONE;
            charge.quotas().forEach(quota -> counted.merge(quota, charge.counted(), Amount::plus));
        });
        return counted;
    }

    /**
     * Whether an entry counts for something else than entries of its directory do, or was left half counted. What never counted for
     * anything, and lies with its directory, is as that is.
     */
    static boolean isMiscounted(Tables tables, long id, Inode inode, Inode.Link place) {
        if (id == Ids.SWARM) {
            return false; // it counts for nothing, whatever / has
        }
        Charge charge = inode.charge();
        boolean besides = tables.partition(id) == tables.partition(place.parentId());
        if (inode.isFile() && charge.isNone() && besides) {
            return false;
        }
        Guard above = tables.guard(place.parentId());
        return above != null
                && (!above.quotas().equals(charge.quotas()) || charge.settling() != 0)
                && (charge.settling() == 0 || isCounted(tables, charge.settling()))
                && Stream.of(above.quotas(), charge.below())
                        .flatMap(List::stream)
                        .allMatch(each -> isCounted(tables, each));
    }

    /** Not while somebody is about to count it. */
    private static boolean isCounted(Tables tables, long id) {
        Quota quota = tables.charging().quota(id);
        return quota == null || quota.state() == Quota.State.ACTIVE;
    }

    /** A file is counted at once; what is below a directory is told by {@link QuotaWork}. */
    static Inode count(Tables tables, long id, Inode inode, Inode.Link place) {
        Guard above = tables.guard(place.parentId());
        if (above == null) {
            return inode;
        }
        Inode counted = inode.chargedTo(above.quotas());
        if (!inode.isFile()) {
            Charge charge = counted.charge();
            counted = counted.charged(charge.settling(tables.charging().retold(id)));
            Guard guard = tables.guard(id);
            if (guard != null) {
                tables.guard(id, guard.counting(charge.below()));
            }
        }
        tables.inode(id, counted);
        return counted;
    }

    static <K> void each(int partition, IgniteCache<K, byte[]> cache, BiConsumer<K, byte[]> row) {
        ScanQuery<K, byte[]> query = new ScanQuery<>();
        query.setPartition(partition).setPageSize(PAGE).setLocal(true);
        try (QueryCursor<Cache.Entry<K, byte[]>> cursor = cache.query(query)) {
            for (Cache.Entry<K, byte[]> each : cursor) {
                row.accept(each.getKey(), each.getValue());
            }
        }
    }

    /** The directory says what its quota is. */
    private static boolean doubt(Tables tables, long id) {
        Charging charging = tables.charging();
        Quota quota = charging.quota(id);
        if (quota == null) {
            return false;
        }
        Inode directory = tables.inode(quota.directory());
        if (directory == null || directory.charge().own() != id) {
            charging.clear(id);
        } else {
            charging.quota(id, quota.limited(directory.charge().limits()).doubted());
        }
        return true;
    }

    /** Where somebody has changed it meanwhile, the sum may be of before or after that: then it is not known to be wrong. */
    static boolean right(Tables tables, QuotaKey key, long changes, Amount used) {
        Charging charging = tables.charging();
        Allowance now = share(tables, key);
        if (now.changes() != changes) {
            return false;
        }
        if (used.isZero() && charging.quota(key.quota()) == null) {
            charging.drop(key);
        } else {
            // Also where nothing is known of the quota: its directory may be looked at later, and say that there is
            // one.
            charging.share(key, new Allowance(used, used, now.tight(), now.changes()));
        }
        return true;
    }
}
