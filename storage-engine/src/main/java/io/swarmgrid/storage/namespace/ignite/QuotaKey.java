package io.swarmgrid.storage.namespace.ignite;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A row of a quota, in the partition of its home: {@link Quota} where that is the directory that has it, otherwise what is counted in a
 * partition, {@link Allowance}. A plain class: Ignite cannot marshal records.
 */
final class QuotaKey {
    static final String HOME_FIELD = "home";

    /** Of the row that says whose turn it is to count, see {@link QuotaWork}. */
    static final QuotaKey WORK = new QuotaKey(0, 0);

    private final long home;
    private final long quota;

    private QuotaKey(long home, long quota) {
        this.home = home;
        this.quota = quota;
    }

    static QuotaKey of(long quota) {
        return new QuotaKey(quota, quota);
    }

    static QuotaKey share(int partition, long quota) {
        return new QuotaKey(Ids.home(partition), quota);
    }

    static List<QuotaKey> shares(int partitions, long quota) {
        return IntStream.range(0, partitions)
                .mapToObj(each -> share(each, quota))
                .toList();
    }

    long quota() {
        return quota;
    }

    /** Whether it is that of a {@link Quota}. */
    boolean isQuota() {
        return home == quota && quota != 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuotaKey that && that.home == home && that.quota == quota;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(home) + Long.hashCode(quota);
    }

    @Override
    public String toString() {
        return Long.toHexString(home) + ":" + Long.toHexString(quota);
    }
}
