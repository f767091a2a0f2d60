package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.storage.namespace.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Walks the tree below a path, depth first and in order of name, one page of one directory at a time. */
final class DatasetsBelow implements Iterator<FileStatus> {
    private static final int PAGE = 1000;

    private final Files files;
    private final ParquetTables parquet;
    private final Deque<Level> levels = new ArrayDeque<>();
    private int left;
    private @Nullable FileStatus next;

    /** A directory that is being walked, its page, and whether there is another. */
    private record Level(
            FileStatus directory,
            Iterator<FileStatus> page,
            @Nullable String more) {}

    DatasetsBelow(Files files, ParquetTables parquet, GridPath root, int limit) {
        this.files = files;
        this.parquet = parquet;
        this.left = limit;
        FileStatus status = files.stat(root);
        if (limit > 0) {
            visit(status);
        }
    }

    private void visit(FileStatus entry) {
        if (entry.kind() == EntryKind.DATASET) {
            next = entry;
            left--;
        } else if (entry.kind() == EntryKind.DIRECTORY) {
            descend(entry, null);
        }
    }

    @Override
    public boolean hasNext() {
        while (next == null && left > 0 && !levels.isEmpty()) {
            step(levels.getLast());
        }
        return next != null;
    }

    @Override
    public FileStatus next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        FileStatus found = next;
        next = null;
        return found;
    }

    private void step(Level level) {
        if (!level.page().hasNext()) {
            levels.removeLast();
            if (level.more() != null) {
                descend(level.directory(), level.more());
            }
            return;
        }
        visit(level.page().next());
    }

    private void descend(FileStatus directory, @Nullable String startAfter) {
        try {
            GridPath path = GridPath.parse(directory.path());
            Listing page = files.list(path, startAfter, PAGE);
            if (startAfter == null && parquet.isTable(path, page)) {
                next = directory;
                left--;
                return;
            }
            String more = page.nextPageToken() == null
                    ? null
                    : PartitionName.name(page.entries().get(page.entries().size() - 1));
            levels.addLast(new Level(directory, page.entries().iterator(), more));
        } catch (GridException e) {
            // Removed since it was listed.
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
    }
}
