package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
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

    static FileStatus join(Grid grid, String target, String... sources) {
        GridPath[] paths = new GridPath[sources.length];
        for (int i = 0; i < sources.length; i++) {
            paths[i] = grid.path(sources[i]);
        }
        return join(grid.metadata(), grid.path(target), paths);
    }

    /** Leaves of a file only its beginning. */
    static FileStatus cut(Grid grid, String name, long lengthBytes) {
        Reopened opened = grid.metadata().reopen(grid.path(name));
        List<BlockId> left = opened.layout().blocks().stream()
                .filter(block -> block.offset() < lengthBytes)
                .map(BlockRecord::id)
                .toList();
        return grid.metadata().close(opened.file(), left, lengthBytes);
    }

    static List<BlockRecord> blocks(Grid grid, String name) {
        return grid.metadata().layout(grid.path(name)).blocks();
    }

    static List<Long> offsets(Grid grid, String name) {
        return blocks(grid, name).stream().map(BlockRecord::offset).toList();
    }

    static List<BlockId> ids(List<BlockRecord> records) {
        return records.stream().map(BlockRecord::id).toList();
    }
}
