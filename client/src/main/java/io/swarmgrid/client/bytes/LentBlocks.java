package io.swarmgrid.client.bytes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a LendBlocks: the next few blocks of the file from the offset that was asked for.
 *
 * @param machine the running system on which the files are
 * @param blocks in order and without gaps; none for a file without sealed blocks there
 */
public record LentBlocks(@Nullable String machine, List<LentBlock> blocks) {
    public LentBlocks {
        blocks = List.copyOf(blocks);
    }
}
