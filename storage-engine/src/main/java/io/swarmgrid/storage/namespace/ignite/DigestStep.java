package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.List;

/** What the copies of some partitions come to on the node that it is sent to. */
final class DigestStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int DIGEST_BYTES = 32;

    private final int from;
    private final int to;

    /** @param to exclusive */
    DigestStep(int from, int to) {
        this.from = from;
        this.to = to;
    }

    /** Of a node. */
    record Answer(String node, List<PartitionDigest> digests) {}

    @Override
    byte[] run(Tables tables) {
        PartitionCopies copies = Shares.of(here(), PartitionCopies.class);
        List<PartitionDigest> digests = new ArrayList<>();
        for (int partition = from; partition < to; partition++) {
            copies.digest(partition).ifPresent(digests::add);
        }
        RecordWriter out = new RecordWriter(DIGEST_BYTES * (digests.size() + 1))
                .text(here().cluster().localNode().consistentId().toString())
                .count(digests.size());
        for (PartitionDigest digest : digests) {
            out.count(digest.partition())
                    .fixed(digest.updates())
                    .count(digest.rows())
                    .fixed(digest.sum());
        }
        return out.done();
    }

    static Answer decode(byte[] answer) {
        RecordReader in = new RecordReader(answer);
        String node = in.text();
        List<PartitionDigest> digests = new ArrayList<>();
        int count = in.size();
        for (int i = 0; i < count; i++) {
            digests.add(new PartitionDigest((int) in.count(), in.fixed(), in.count(), in.fixed()));
        }
        return new Answer(node, digests);
    }
}
