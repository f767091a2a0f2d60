package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What is counted for quotas beyond what inodes say, in those of some partitions that the node it is sent to is the primary of. Others may
 * write meanwhile: what changes each time that it is looked at is left out.
 */
final class QuotaSumsStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int LOOKS = 3;

    private final int from;
    private final int to;
    private final long[] quotas;
    private final boolean repair;

    /**
     * @param to exclusive
     * @param quotas those that there are: of one that is no more, shares are gone, and inodes in the trash still name it
     * @param repair whether shares are made to say what inodes do, and all that is below these quotas is counted anew
     */
    QuotaSumsStep(int from, int to, Collection<Long> quotas, boolean repair) {
        this.from = from;
        this.to = to;
        this.quotas = quotas.stream().mapToLong(Long::longValue).toArray();
        this.repair = repair;
    }

    @Override
    byte[] run(Tables tables) {
        Map<Long, Amount> over = new HashMap<>();
        for (int partition = from; partition < to; partition++) {
            if (tables.isPrimary(Ids.home(partition))) {
                look(tables, partition).forEach((quota, more) -> over.merge(quota, more, Amount::plus));
            }
        }
        RecordWriter out = new RecordWriter(64).count(over.size());
        over.forEach((quota, more) -> more.encode(out.fixed(quota)));
        return out.done();
    }

    static Map<Long, Amount> decode(byte[] answer) {
        RecordReader in = new RecordReader(answer);
        Map<Long, Amount> over = new HashMap<>();
        for (int left = in.size(); left > 0; left--) {
            over.put(in.fixed(), Amount.decode(in));
        }
        return over;
    }

    private Map<Long, Amount> look(Tables tables, int partition) {
        Map<Long, Amount> over = new HashMap<>();
        List<Long> open = LongStream.of(quotas).boxed().toList();
        for (int i = 0; i < LOOKS && !open.isEmpty(); i++) {
            Map<Long, Allowance> shares = shares(tables, partition, Set.copyOf(open));
            Map<Long, Amount> counted = TornQuotas.counted(tables, partition);
            List<Long> changed = new ArrayList<>();
            for (long quota : open) {
                Allowance share = shares.getOrDefault(quota, Allowance.NONE);
                Amount there = counted.getOrDefault(quota, Amount.ZERO);
                if (share.used().equals(there)) {
                    continue;
                }
                // Where it is the same as before the inodes were read, these are those that it has counted.
                if (settled(tables, partition, quota).changes() != share.changes()) {
                    changed.add(quota);
                    continue;
                }
                over.put(quota, share.used().minus(there));
                right(tables, QuotaKey.share(partition, quota), share, there);
            }
            open = changed;
        }
        return over;
    }

    private static Map<Long, Allowance> shares(Tables tables, int partition, Set<Long> quotas) {
        Map<Long, Allowance> shares = new HashMap<>();
        TornQuotas.each(partition, tables.charging().rows(), (key, row) -> {
            if (!key.isQuota() && quotas.contains(key.quota())) {
                shares.put(key.quota(), Allowance.NONE);
            }
        });
        shares.replaceAll((quota, none) -> settled(tables, partition, quota));
        return shares;
    }

    private static Allowance settled(Tables tables, int partition, long quota) {
        return tables.transactions().run(() -> TornQuotas.share(tables, QuotaKey.share(partition, quota)));
    }

    private void right(Tables tables, QuotaKey key, Allowance share, Amount there) {
        if (repair) {
            tables.charging()
                    .forced(() -> tables.changeFiles(() -> {
                        boolean mended = TornQuotas.right(tables, key, share.changes(), there);
                        if (mended) {
                            QuotaWork.recount(tables, key.quota());
                        }
                        return mended;
                    }));
        }
    }
}
