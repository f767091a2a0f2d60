package io.swarmgrid.mount.tree;

import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory that is being read: has the page that reading has come to, and reads again from the beginning to go back. */
public final class DirectoryReader {
    private final Grid grid;
    private final String path;
    private final Node node;
    private @Nullable Listing page;
    /** The number of the page's first entry. */
    private long from;

    private long askedNanos;

    public DirectoryReader(Grid grid, String path, Node node) {
        this.grid = grid;
        this.path = path;
        this.node = node;
    }

    public Node node() {
        return node;
    }

    /** When the grid was asked for the page that is at hand. */
    public synchronized long askedNanos() {
        return askedNanos;
    }

    private Listing list(@Nullable String pageToken) {
        askedNanos = System.nanoTime();
        return grid.list(path, pageToken);
    }

    /** The entry with that number, from 0; null behind the last one. */
    public synchronized @Nullable FileStatus entry(long number) {
        Listing at = page;
        if (at == null || number < from) {
            at = list(null);
            from = 0;
        }
        while (number >= from + at.entries().size() && at.nextPageToken() != null) {
            long next = from + at.entries().size();
            at = list(at.nextPageToken());
            from = next;
        }
        page = at;
        List<FileStatus> entries = at.entries();
        long place = number - from;
        return place < entries.size() ? entries.get((int) place) : null;
    }

    /** What it is called in its directory. */
    public static String name(FileStatus entry) {
        return entry.path().substring(entry.path().lastIndexOf('/') + 1);
    }
}
