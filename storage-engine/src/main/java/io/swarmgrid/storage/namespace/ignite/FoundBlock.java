package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.block.WayHome;

/** A sealed block on a node's disk, as its sidecar has it. */
record FoundBlock(BlockId id, long epoch, long lengthBytes, int crc32c, WayHome home) {
    static FoundBlock of(StoredBlock block) {
        return new FoundBlock(block.id(), block.epoch(), block.lengthBytes(), block.crc32c(), block.home());
    }

    void encode(RecordWriter out) {
        out.fixed(id.value()).count(epoch).count(lengthBytes).count(Integer.toUnsignedLong(crc32c));
        out.fixed(home.inodeId()).count(home.offset()).text(home.path());
    }

    static FoundBlock decode(RecordReader in) {
        BlockId id = new BlockId(in.fixed());
        long epoch = in.count();
        long lengthBytes = in.count();
        int crc32c = (int) in.count();
        long inodeId = in.fixed();
        long offset = in.count();
        return new FoundBlock(id, epoch, lengthBytes, crc32c, new WayHome(inodeId, in.text(), offset));
    }
}
