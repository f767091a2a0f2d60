package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.TrashEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was removed or replaced and is kept for {@code storage.trash-grace}. Of a directory that was removed with all that was in it only
 * the directory itself shows. Thread-safe; all methods throw {@link io.swarmgrid.client.GridException}.
 */
public interface Trash {
    /**
     * A page of it, in no order; entries that come or go meanwhile may be missing.
     *
     * @param below only what was there or below it
     * @param after where the page before ended; null for the first
     * @param limit 1 to 10,000
     */
    Page list(GridPath below, @Nullable String after, int limit);

    /** @param next where to go on; null at the end */
    record Page(List<TrashEntry> entries, @Nullable String next) {}

    /**
     * Takes an entry out of it, with all that is below.
     *
     * @param to null for where it was; what is missing above it is made
     * @param owner of directories that are made
     * @throws io.swarmgrid.client.GridException NOT_FOUND where it was taken back or restored already; ALREADY_EXISTS where its place is
     *     another's
     */
    FileStatus restore(long id, @Nullable GridPath to, String owner, @Nullable OperationId operation);

    /**
     * Has what is in it taken back now.
     *
     * @param untilMs only what was removed by then
     * @return how many entries
     */
    long empty(GridPath below, long untilMs);
}
