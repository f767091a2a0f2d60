package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.cache.Cache;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;

/** Adds up what all inodes count for, and compares that with what the shares say, and with what is in the directories. */
final class QuotaAudit {
    private QuotaAudit() {}

    /** Has what is to be counted be counted, on the only node. */
    static QuotaStatus settle(IgniteNamespace namespace, GridPath path) {
        return settle(List.of(namespace), path);
    }

    /** The same on several, each of which does its part. */
    static QuotaStatus settle(List<IgniteNamespace> nodes, GridPath path) {
        for (int i = 0; i < 200; i++) {
            List<QuotaStatus> all = nodes.get(0).quotas().of(path);
            if (all.stream().allMatch(each -> each.state() == QuotaState.ACTIVE)) {
                return all.get(all.size() - 1);
            }
            for (IgniteNamespace node : nodes) {
                node.census().reclaim(Set.of("n1", "n2", "n3"), record -> {}, (id, epoch) -> {});
            }
        }
        throw new AssertionError("not counted: " + nodes.get(0).quotas().of(path));
    }

    /** While nobody changes anything. */
    static void requireExact(Ignite ignite) {
        Map<Long, Inode> inodes = new HashMap<>();
        Map<QuotaKey, byte[]> rows = new HashMap<>();
        Map<Long, Guard> guards = new HashMap<>();
        each(ignite, NamespaceCaches.INODES, (Long id, byte[] row) -> {
            if (Ids.isInode(id)) {
                inodes.put(id, Inode.decode(row));
            }
        });
        each(ignite, NamespaceCaches.QUOTAS, (QuotaKey key, byte[] row) -> rows.put(key, row));
        each(ignite, NamespaceCaches.DENTRIES, (DentryKey key, byte[] row) -> {
            if (key.isGuard()) {
                guards.put(key.parentId(), Guard.decode(row));
            }
        });
        int partitions = ignite.affinity(NamespaceCaches.INODES).partitions();
        Map<QuotaKey, Amount> counted = new HashMap<>();
        inodes.forEach((id, inode) -> {
            assertThat(inode.charge().counting(inode)).as(inode.toString()).isEqualTo(inode.charge());
            for (long quota : inode.charge().quotas()) {
                if (rows.containsKey(QuotaKey.of(quota))) {
                    QuotaKey key = QuotaKey.share(Ids.partition(id, partitions), quota);
                    counted.merge(key, inode.charge().counted(), Amount::plus);
                }
            }
        });
        Map<QuotaKey, Amount> shares = new HashMap<>();
        Map<Long, Amount> allowed = new HashMap<>();
        rows.forEach((key, row) -> {
            if (!key.isQuota() && !key.equals(QuotaKey.WORK) && rows.containsKey(QuotaKey.of(key.quota()))) {
                Allowance share = Allowance.decode(row);
                allowed.merge(key.quota(), share.allowed(), Amount::plus);
                if (!share.used().isZero()) {
                    shares.put(key, share.used());
                }
            }
        });
        counted.values().removeIf(Amount::isZero);
        assertThat(shares).isEqualTo(counted);
        rows.forEach((key, row) -> {
            if (key.isQuota() && !Quota.decode(row).unsure()) {
                Amount all = allowed.getOrDefault(key.quota(), Amount.ZERO);
                assertThat(all.isWithin(Quota.decode(row).granted()))
                        .as(all + " of " + Quota.decode(row))
                        .isTrue();
            }
        });
        each(ignite, NamespaceCaches.DENTRIES, (DentryKey key, byte[] row) -> {
            Guard above = guards.get(key.parentId());
            Inode inode = key.isGuard() ? null : inodes.get(Dentry.decode(row).inodeId());
            boolean isStaging = inode != null && Dentry.decode(row).inodeId() == Ids.SWARM;
            if (inode != null && above != null && !isStaging) {
                assertThat(inode.charge().quotas()).as(key.toString()).isEqualTo(above.quotas());
            }
        });
    }

    private interface Row<K> {
        void accept(K key, byte[] row);
    }

    private static <K> void each(Ignite ignite, String name, Row<K> row) {
        IgniteCache<K, byte[]> cache = ignite.cache(name);
        try (QueryCursor<Cache.Entry<K, byte[]>> rows = cache.query(new ScanQuery<K, byte[]>())) {
            rows.forEach(each -> row.accept(each.getKey(), each.getValue()));
        }
    }
}
