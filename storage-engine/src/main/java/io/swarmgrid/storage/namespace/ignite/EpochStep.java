package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.OpenFile;
import java.util.List;

/** Takes an open block to its next epoch on fewer holders. */
final class EpochStep extends LeasedStep {
    private static final long serialVersionUID = 1L;

    private final long blockId;
    private final long fromEpoch;
    private final String[] survivors;

    EpochStep(OpenFile file, BlockRecord block, List<String> survivors) {
        super(file, null);
        this.blockId = block.id().value();
        this.fromEpoch = block.epoch();
        this.survivors = survivors.toArray(new String[0]);
    }

    @Override
    byte[] change(Tables tables) {
        leased(tables);
        BlockRecord block = block(tables, new BlockId(blockId));
        List<String> nodes = List.of(survivors);
        if (block.epoch() == fromEpoch + 1 && block.holders().equals(Holders.of(nodes, block.epoch()))) {
            return BlockCodec.encode(block); // by a first run of this step
        }
        if (block.state() != BlockState.OPEN || block.epoch() != fromEpoch) {
            throw new StaleException("sealed or taken further meanwhile");
        }
        for (String node : nodes) {
            if (Holders.on(block, node) == null) {
                throw GridException.invalid("cannot go on with a block on " + node + ", which does not hold it: "
                        + block.id() + " of " + path());
            }
        }
        BlockRecord next = Holders.next(block, nodes);
        tables.block(next);
        return BlockCodec.encode(next);
    }
}
