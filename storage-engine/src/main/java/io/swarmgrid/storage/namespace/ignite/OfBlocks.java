package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import java.util.Arrays;
import java.util.Collection;
import org.apache.ignite.binary.BinaryObject;
import org.apache.ignite.lang.IgniteBiPredicate;

/** Takes the records of some blocks, of whichever files they are. Runs where the records are. */
final class OfBlocks implements IgniteBiPredicate<BinaryObject, byte[]> {
    private static final long serialVersionUID = 1L;

    private final long[] sorted;

    OfBlocks(Collection<BlockId> blocks) {
        sorted = blocks.stream().mapToLong(BlockId::value).sorted().toArray();
    }

    @Override
    public boolean apply(BinaryObject key, byte[] row) {
        return Arrays.binarySearch(sorted, key.<Long>field(BlockKey.BLOCK_FIELD)) >= 0;
    }
}
