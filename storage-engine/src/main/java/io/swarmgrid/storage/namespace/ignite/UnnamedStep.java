package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockCensus.Unnamed;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which durable copies, or which near ones, on a node the metadata does not name. Answers an octet for each, and the block where that is the same all the
 * same. Runs on the primary of their files.
 */
final class UnnamedStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int NAMED = 0;
    private static final int DEAD = 1;
    private static final int UNNAMED = 2;

    private final String node;
    private final long[] fileIds;
    private final long[] blockIds;
    private final long[] epochs;
    private final boolean near;

    /**
     * A question.
     *
     * @param copies of files of one partition
     * @param near whether they are near copies
     */
    UnnamedStep(String node, List<Copy> copies, boolean near) {
        this.node = node;
        this.near = near;
        this.fileIds = copies.stream().mapToLong(Copy::fileId).toArray();
        this.blockIds = copies.stream().mapToLong(copy -> copy.block().value()).toArray();
        this.epochs = copies.stream().mapToLong(Copy::epoch).toArray();
    }

    /** @param copies those that were asked about */
    static List<Unnamed> decode(List<Copy> copies, byte[] answer) {
        RecordReader in = new RecordReader(answer);
        List<Unnamed> unnamed = new ArrayList<>();
        for (Copy copy : copies) {
            int verdict = in.octet();
            if (verdict == UNNAMED) {
                unnamed.add(new Unnamed(copy, Optional.of(BlockCodec.decode(in.octets()))));
            } else if (verdict == DEAD) {
                unnamed.add(new Unnamed(copy, Optional.empty()));
            }
        }
        return unnamed;
    }

    @Override
    byte[] run(Tables tables) {
        RecordWriter answer = new RecordWriter(fileIds.length);
        for (int i = 0; i < fileIds.length; i++) {
            if (!tables.isPrimary(fileIds[i])) {
                throw new StaleException("partition has moved");
            }
            BlockRecord block = tables.block(new BlockKey(fileIds[i], blockIds[i]));
            int verdict = verdict(block, epochs[i]);
            answer.octet(verdict);
            if (block != null && verdict == UNNAMED) {
                answer.octets(BlockCodec.encode(block));
            }
        }
        return answer.done();
    }

    private int verdict(@Nullable BlockRecord block, long epoch) {
        if (block == null) {
            return DEAD;
        }
        Replica recorded = Holders.on(block, node);
        if (near) {
            return recorded != null && recorded.near() != null && recorded.epoch() == epoch ? NAMED : DEAD;
        }
        boolean named = recorded != null && recorded.durable(); // a near copy is another file
        if (block.state() == BlockState.SEALED) {
            return block.epoch() != epoch ? DEAD : named ? NAMED : UNNAMED;
        }
        // One that lost its writer has a later epoch first, and then its copies get it. Where nobody has one, this may
        // be the last.
        return named || block.holders().stream().noneMatch(Replica::durable) ? NAMED : DEAD;
    }
}
