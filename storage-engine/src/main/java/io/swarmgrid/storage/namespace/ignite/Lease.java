package io.swarmgrid.storage.namespace.ignite;

import java.util.UUID;

/**
 * Who may write a file.
 *
 * @param node the name of the node that holds it
 * @param run one run of that node: a node that came back holds nothing of what it held before
 * @param epoch a later one fences this
 */
record Lease(String node, UUID run, long epoch) {
    /** Of what is to be taken back. */
    static final Lease NOBODY = new Lease("", new UUID(0, 0), 0);

    private static final long FIRST_EPOCH = 1;
    private static final long GIVEN = -1;

    /** Of a new file. */
    static Lease first(String node, UUID run) {
        return new Lease(node, run, FIRST_EPOCH);
    }

    /** Of a file whose content is that of another since that was stored so often. Nobody writes it. */
    static Lease givenTo(long fileId, long stamp) {
        return new Lease("", new UUID(fileId, stamp), GIVEN);
    }

    boolean isGiven() {
        return epoch == GIVEN;
    }

    /** The file that has the content. */
    long takerId() {
        return run.getMostSignificantBits();
    }

    /** How often that was stored when it took it. */
    long takerStamp() {
        return run.getLeastSignificantBits();
    }

    Lease next() {
        return new Lease(node, run, epoch + 1);
    }

    void encode(RecordWriter out) {
        out.text(node)
                .fixed(run.getMostSignificantBits())
                .fixed(run.getLeastSignificantBits())
                .count(epoch);
    }

    static Lease decode(RecordReader in) {
        String node = in.text();
        UUID run = new UUID(in.fixed(), in.fixed());
        return new Lease(node, run, in.count());
    }
}
