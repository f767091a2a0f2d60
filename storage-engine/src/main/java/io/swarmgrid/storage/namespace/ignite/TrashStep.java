package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.TrashEntry;
import io.swarmgrid.storage.namespace.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import javax.cache.Cache;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.jspecify.annotations.Nullable;

/** A part of what a partition has in the trash, by identity. Runs on its primary; memory is that of one page. */
final class TrashStep extends Step {
    private static final long serialVersionUID = 1L;

    private static final GridPath LOST_AND_FOUND = GridPath.parse("/lost+found");
    private static final GridPath HIDDEN = Objects.requireNonNull(Files.STAGING.parent());

    private final int partition;
    private final String below;
    private final long afterId;
    private final int limit;

    /** @param afterId the last one of the page before; -1 for the first page */
    TrashStep(int partition, GridPath below, long afterId, int limit) {
        this.partition = partition;
        this.below = below.toString();
        this.afterId = afterId;
        this.limit = limit;
    }

    /** @param lastId after which to go on; -1 where there is no more */
    record Page(List<TrashEntry> entries, long lastId) {}

    @Override
    byte[] run(Tables tables) {
        if (!tables.isPrimary(Ids.home(partition))) {
            throw new StaleException("partition has moved");
        }
        NavigableMap<Long, Doomed> rows = rows(tables, partition, afterId, limit);
        RecordWriter out = new RecordWriter(256).fixed(rows.size() < limit ? -1 : rows.lastKey());
        GridPath top = GridPath.parse(below);
        rows.forEach((id, doomed) -> {
            Inode inode = of(tables, id);
            GridPath path = inode == null ? null : path(tables, id, inode);
            if (inode != null && path != null && isShown(path, top)) {
                out.flag(true).count(doomed.sinceMs());
                Outcome.encode(inode.status(path.toString(), id), out);
            }
        });
        return out.flag(false).done();
    }

    static Page decode(byte[] bytes, long graceMs) {
        RecordReader in = new RecordReader(bytes);
        long lastId = in.fixed();
        List<TrashEntry> entries = new ArrayList<>();
        while (in.flag()) {
            long removedMs = in.count();
            entries.add(new TrashEntry(Outcome.status(in, true), removedMs, removedMs + graceMs));
        }
        return new Page(entries, lastId);
    }

    /** The first so many rows of what was removed, in order of identity. */
    static NavigableMap<Long, Doomed> rows(Tables tables, int partition, long afterId, int limit) {
        ScanQuery<Long, byte[]> query = new ScanQuery<>();
        query.setPartition(partition).setLocal(true);
        NavigableMap<Long, Doomed> rows = new TreeMap<>();
        try (QueryCursor<Cache.Entry<Long, byte[]>> cursor =
                tables.doomedCache().query(query)) {
            for (Cache.Entry<Long, byte[]> row : cursor) {
                boolean fits = row.getKey() > afterId && (rows.size() < limit || row.getKey() < rows.lastKey());
                Doomed doomed = fits ? Doomed.decode(row.getValue()) : Doomed.NOW;
                if (doomed.isInTrash()) {
                    rows.put(row.getKey(), doomed);
                    if (rows.size() > limit) {
                        rows.pollLastEntry();
                    }
                }
            }
        }
        return rows;
    }

    /** What can be had back: not what was never seen, nor what another file has now. */
    static @Nullable Inode of(Tables tables, long id) {
        Inode inode = tables.inode(id);
        if (inode == null || !inode.content().isVisible()) {
            return null;
        }
        Lease lease = inode.content().lease();
        return lease != null && lease.isGiven() ? null : inode;
    }

    /** Where it was; in {@link #LOST_AND_FOUND} where not all above it is there any more, in the trash or not. */
    static GridPath path(Tables tables, long id, Inode inode) {
        Deque<String> names = new ArrayDeque<>();
        Inode at = inode;
        for (int i = 0; i < GridPath.MAX_DEPTH && at != null; i++) {
            names.addFirst(at.link().name());
            if (at.link().parentId() == Ids.ROOT) {
                return new GridPath(List.copyOf(names));
            }
            at = tables.inode(at.link().parentId());
        }
        return LOST_AND_FOUND.child(Ids.text(id));
    }

    /** Whether callers may see it, and it was at or below a path. */
    static boolean isShown(GridPath path, GridPath top) {
        return !path.startsWith(HIDDEN) && path.startsWith(top);
    }
}
