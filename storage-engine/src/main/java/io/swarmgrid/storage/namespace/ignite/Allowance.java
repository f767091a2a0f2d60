package io.swarmgrid.storage.namespace.ignite;

/**
 * The share of a quota in one partition.
 *
 * @param used what the inodes of the partition count for it
 * @param allowed how much that may come to
 * @param tight whether what is given back is not to be used again here, since all of them together are above the limit
 * @param changes how often it was stored
 */
record Allowance(Amount used, Amount allowed, boolean tight, long changes) {
    static final Allowance NONE = new Allowance(Amount.ZERO, Amount.ZERO, false, 0);

    Allowance using(Amount next) {
        return new Allowance(next, tight ? allowed.least(next) : allowed, tight, changes);
    }

    Allowance allowing(Amount next, boolean isTight) {
        return new Allowance(used, next, isTight, changes);
    }

    byte[] encode() {
        RecordWriter out = new RecordWriter(48);
        used.encode(out);
        allowed.encode(out);
        return out.flag(tight).count(changes + 1).done();
    }

    static Allowance decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        return new Allowance(Amount.decode(in), Amount.decode(in), in.flag(), in.count());
    }
}
