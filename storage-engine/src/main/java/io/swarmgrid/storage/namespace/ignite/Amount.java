package io.swarmgrid.storage.namespace.ignite;

/** Bytes and entries: what is used, wanted or allowed of them. */
record Amount(long bytes, long entries) {
    static final Amount ZERO = new Amount(0, 0);
    /** What stands for no limit; sums of it do not overflow. */
    static final long ANY = Long.MAX_VALUE >> 2;

    Amount plus(Amount more) {
        return new Amount(bytes + more.bytes, entries + more.entries);
    }

    Amount minus(Amount less) {
        return new Amount(bytes - less.bytes, entries - less.entries);
    }

    Amount least(Amount other) {
        return new Amount(Math.min(bytes, other.bytes), Math.min(entries, other.entries));
    }

    Amount most(Amount other) {
        return new Amount(Math.max(bytes, other.bytes), Math.max(entries, other.entries));
    }

    /** What of it is more than nothing. */
    Amount risen() {
        return new Amount(Math.max(0, bytes), Math.max(0, entries));
    }

    boolean isZero() {
        return bytes == 0 && entries == 0;
    }

    boolean isWithin(Amount limit) {
        return bytes <= limit.bytes && entries <= limit.entries;
    }

    /** Whether this may come on top of that; of what none is wanted, there may be too much already. */
    boolean fits(Amount used, Amount limit) {
        return (bytes <= 0 || used.bytes + bytes <= limit.bytes)
                && (entries <= 0 || used.entries + entries <= limit.entries);
    }

    /** With more than is needed where it is to be had: that share of what is left. */
    Amount generous(Amount left, int share) {
        return new Amount(generous(bytes, left.bytes, share), generous(entries, left.entries, share));
    }

    private static long generous(long needed, long left, int share) {
        return needed <= 0 ? 0 : Math.max(needed, left / share);
    }

    RecordWriter encode(RecordWriter out) {
        return out.fixed(bytes).fixed(entries);
    }

    static Amount decode(RecordReader in) {
        return new Amount(in.fixed(), in.fixed());
    }
}
