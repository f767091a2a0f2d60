package io.swarmgrid.client.wire;

import java.util.List;

/** The answer of {@code fs.locate}; no blocks where the file is kept in the metadata. */
public record FileBlocks(String path, List<BlockLocation> blocks) {
    public FileBlocks {
        blocks = List.copyOf(blocks);
    }
}
