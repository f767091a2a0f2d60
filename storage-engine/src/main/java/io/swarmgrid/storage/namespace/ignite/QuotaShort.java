package io.swarmgrid.storage.namespace.ignite;

/** A share does not allow what is to be counted in it: nothing was changed, have it allow more and send the step again. */
final class QuotaShort extends StaleException {
    private static final long serialVersionUID = 1L;

    private final long quota;
    private final int partition;
    private final long bytes;
    private final long entries;
    private final long wantedBytes;
    private final long wantedEntries;

    /**
     * @param lacking how much more the share has to allow
     * @param wanted by how much the transaction lets it grow, all its changes together
     */
    QuotaShort(long quota, int partition, Amount lacking, Amount wanted) {
        super("a share of quota " + quota + " is used up");
        this.quota = quota;
        this.partition = partition;
        this.bytes = lacking.bytes();
        this.entries = lacking.entries();
        this.wantedBytes = wanted.bytes();
        this.wantedEntries = wanted.entries();
    }

    long quota() {
        return quota;
    }

    int partition() {
        return partition;
    }

    Amount lacking() {
        return new Amount(bytes, entries);
    }

    Amount wanted() {
        return new Amount(wantedBytes, wantedEntries);
    }

    void encode(RecordWriter out) {
        out.fixed(quota).count(partition);
        lacking().encode(out);
        wanted().encode(out);
    }

    static QuotaShort decode(RecordReader in) {
        return new QuotaShort(in.fixed(), (int) in.count(), Amount.decode(in), Amount.decode(in));
    }
}
