package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OperationId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins files of blocks, as somebody does who has their layouts. */
final class Joins {
    private Joins() {}

    static FileStatus join(FileMetadata metadata, GridPath target, GridPath... sources) {
        return metadata.concat(looked(metadata, null, target, sources));
    }

    /** What is to be done, as the files are now. */
    static Concatenation looked(
            FileMetadata metadata, @Nullable OperationId operation, GridPath target, GridPath... sources) {
        FileLayout first = metadata.layout(target);
        List<BlockRecord> blocks = new ArrayList<>(first.blocks());
        List<FileLayout> layouts = new ArrayList<>();
        long end = first.lengthBytes();
        for (GridPath source : sources) {
            FileLayout layout = metadata.layout(source);
            layouts.add(layout);
            for (BlockRecord block : layout.blocks()) {
                blocks.add(block.at(end + block.offset()));
            }
            end += layout.lengthBytes();
        }
        return Concatenation.ofBlocks(first, layouts, null, blocks, operation);
    }
}
