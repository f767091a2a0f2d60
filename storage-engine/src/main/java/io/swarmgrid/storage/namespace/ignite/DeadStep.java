package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Replica;
import java.util.List;

/** Which copies on a node the metadata does not know. Answers an octet for each. Runs on the primary of their files. */
final class DeadStep extends Step {
    private static final long serialVersionUID = 1L;

    private final String node;
    private final long[] fileIds;
    private final long[] blockIds;
    private final long[] epochs;

    /** @param copies of files of one partition */
    DeadStep(String node, List<Copy> copies) {
        this.node = node;
        this.fileIds = copies.stream().mapToLong(Copy::fileId).toArray();
        this.blockIds = copies.stream().mapToLong(copy -> copy.block().value()).toArray();
        this.epochs = copies.stream().mapToLong(Copy::epoch).toArray();
    }

    @Override
    byte[] run(Tables tables) {
        byte[] dead = new byte[fileIds.length];
        for (int i = 0; i < dead.length; i++) {
            if (!tables.isPrimary(fileIds[i])) {
                throw new StaleException("partition has moved");
            }
            BlockRecord block = tables.block(new BlockKey(fileIds[i], blockIds[i]));
            Replica recorded = block == null ? null : Holders.on(block, node);
            // A block that lost its writer has a later epoch first, and then its copies get it.
            boolean old = block != null && block.state() == BlockState.SEALED && block.epoch() != epochs[i];
            // Where no durable copy is recorded at all, this may be the last one: of a node that came after a recovery.
            boolean last = block != null && block.holders().stream().noneMatch(Replica::durable);
            dead[i] = (byte) (block == null || old || (recorded == null && !last) ? 1 : 0);
        }
        return dead;
    }
}
