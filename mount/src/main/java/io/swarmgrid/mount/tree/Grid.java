package io.swarmgrid.mount.tree;

import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.client.wire.StatRequest;
import io.swarmgrid.client.wire.Truncate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The actions that a mount asks for. Thread-safe; throws {@link io.swarmgrid.client.GridException}. */
public final class Grid {
    private final GridClient client;

    public Grid(GridClient client) {
        this.client = client;
    }

    public GridClient client() {
        return client;
    }

    public FileStatus stat(String path) {
        return client.action("fs.stat", new StatRequest(path, null, false), FileStatus.class);
    }

    /** The file with that identity, wherever it is by now. */
    public FileStatus stat(String path, long id) {
        return client.action("fs.stat", new StatRequest(path, id), FileStatus.class);
    }

    Listing list(String path, @Nullable String pageToken) {
        return client.action("fs.list", new ListRequest(path, null, pageToken), Listing.class);
    }

    public FileStatus makeDirectory(String path) {
        return client.action("fs.mkdir", new MakeDirectory(path, false), FileStatus.class);
    }

    public void rename(String from, String to, boolean replace) {
        client.action(
                "fs.rename", new Rename(from, to, replace, UUID.randomUUID().toString()), FileStatus.class);
    }

    /** A file, or an empty directory. */
    public void remove(String path) {
        client.action("fs.remove", new Remove(path, false, UUID.randomUUID().toString()), Removed.class);
    }

    public FileStatus setStatus(SetStatus change) {
        return client.action("fs.set_status", change, FileStatus.class);
    }

    public FileStatus truncate(String path, long sizeBytes) {
        return client.action("fs.truncate", new Truncate(path, sizeBytes), FileStatus.class);
    }

    public GridStatus status() {
        return client.action("grid.status", new Nothing(), GridStatus.class);
    }
}
