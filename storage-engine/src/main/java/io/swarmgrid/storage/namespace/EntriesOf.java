package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The entries of a directory from a name on, in order, a page of them in memory. Confined to one thread. */
public final class EntriesOf {
    private static final int PAGE = 500;

    private final Files files;
    private final GridPath directory;
    private final Deque<FileStatus> page = new ArrayDeque<>();
    private @Nullable String after;
    private boolean last;

    /** @param after the last name that is passed over; null to begin with the first */
    public EntriesOf(Files files, GridPath directory, @Nullable String after) {
        this.files = files;
        this.directory = directory;
        this.after = after;
    }

    /** Null behind the last one, and where the directory is gone. */
    public @Nullable FileStatus next() {
        if (page.isEmpty() && !last) {
            fill();
        }
        FileStatus entry = page.poll();
        if (entry != null) {
            after = GridPath.parse(entry.path()).name();
        }
        return entry;
    }

    private void fill() {
        try {
            Listing listing = files.list(directory, after, PAGE);
            page.addAll(listing.entries());
            last = listing.nextPageToken() == null || listing.entries().isEmpty();
        } catch (GridException e) {
            if (e.code() != ErrorCode.NOT_FOUND && e.code() != ErrorCode.NOT_A_DIRECTORY) {
                throw e;
            }
            last = true; // removed meanwhile
        }
    }
}
