package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.List;

/*
 * What was not there at first comes last, and only where it says something: the near copies that are asked for, then of each holder the
 * medium of its near copy. The flag beside a holder stays what it was, whether its copy is durable, so that a version that knows no near
 * copies never takes one for a durable one.
 */
/** The stored form of a block record. */
final class BlockCodec {
    private static final int SEALED = 2;
    private static final int OPEN = 1;

    private BlockCodec() {}

    static byte[] encode(BlockRecord block) {
        RecordWriter out = new RecordWriter(64 + 24 * block.holders().size());
        out.fixed(block.id().value()).fixed(block.fileId()).fixed(block.placementKey());
        out.count(block.offset()).count(block.lengthBytes()).count(block.epoch());
        out.count(Integer.toUnsignedLong(block.crc32c()));
        out.octet(block.state() == BlockState.SEALED ? SEALED : OPEN).count(block.replication());
        out.count(block.holders().size());
        for (Replica holder : block.holders()) {
            out.text(holder.node()).count(holder.epoch()).flag(holder.durable());
        }
        boolean isNear = block.holders().stream().anyMatch(holder -> holder.near() != null);
        if (isNear || !block.keeping().equals(Keeping.NONE)) {
            out.octet(block.keeping().copies()).octet(Codes.of(block.keeping().near()));
            block.holders().forEach(holder -> out.octet(Codes.of(holder.near())));
        }
        return out.done();
    }

    static BlockRecord decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        BlockId id = new BlockId(in.fixed());
        long fileId = in.fixed();
        long placementKey = in.fixed();
        long offset = in.count();
        long lengthBytes = in.count();
        long epoch = in.count();
        int crc32c = (int) in.count();
        BlockState state = state(in.octet());
        int replication = (int) in.count();
        int count = in.size();
        List<Holder> found = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            found.add(new Holder(in.text(), in.count(), in.flag()));
        }
        boolean near = in.hasMore();
        Keeping keeping = near ? new Keeping(in.octet(), Codes.medium(in.octet())) : Keeping.NONE;
        List<Replica> holders = new ArrayList<>(count);
        for (Holder each : found) {
            holders.add(new Replica(each.node(), each.epoch(), each.durable(), near ? Codes.medium(in.octet()) : null));
        }
        return new BlockRecord(
                id, fileId, offset, lengthBytes, epoch, crc32c, state, replication, placementKey, holders, keeping);
    }

    /** A holder as far as it was written at first. */
    private record Holder(String node, long epoch, boolean durable) {}

    private static BlockState state(int code) {
        return switch (code) {
            case OPEN -> BlockState.OPEN;
            case SEALED -> BlockState.SEALED;
            default -> throw Codes.unknown("block state", code);
        };
    }
}
