package io.swarmgrid.mount.tree;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.CreateFile;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.FillFile;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.QuotaListing;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.client.wire.StatRequest;
import io.swarmgrid.client.wire.Truncate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The actions that a mount asks for. Thread-safe; throws {@link io.swarmgrid.client.GridException}. */
public final class Grid {
    /** As the grid's default has it; a grid that keeps less says so. */
    private static final int SMALL_BYTES = 4 << 10;

    private final GridClient client;
    private volatile int mostAtOnce = SMALL_BYTES;

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

    /** Makes an empty, closed file where none is, as the kernel asks for it. */
    public FileStatus create(String path, String owner, String group, int permission) {
        CreateFile file =
                new CreateFile(path, owner, group, permission, UUID.randomUUID().toString());
        return client.action("fs.create", file, FileStatus.class);
    }

    /** How many bytes a file may be given in one step. */
    public int mostAtOnce() {
        return mostAtOnce;
    }

    /** Gives an empty, closed file its bytes, wherever it is by now; null where the grid does not keep so many in its metadata. */
    public @Nullable FileStatus fill(FillFile content) {
        try {
            return client.action("fs.fill", content, FileStatus.class);
        } catch (GridException e) {
            if (e.code() != ErrorCode.INVALID_ARGUMENT) {
                throw e;
            }
            mostAtOnce = Math.min(mostAtOnce, content.bytes().length - 1);
            return null;
        }
    }

    public FileStatus rename(String from, String to, boolean replace) {
        return client.action(
                "fs.rename", new Rename(from, to, replace, UUID.randomUUID().toString()), FileStatus.class);
    }

    /** Whose quotas entries of a directory count for. */
    public List<String> quotas(String directory) {
        return client.action("fs.quota", new PathRequest(directory), QuotaListing.class).quotas().stream()
                .map(QuotaStatus::path)
                .toList();
    }

    /** A file, or an empty directory. */
    public void remove(String path) {
        client.action("fs.remove", new Remove(path, false, UUID.randomUUID().toString()), Removed.class);
    }

    public FileStatus setStatus(SetStatus change) {
        return client.action("fs.set_status", change, FileStatus.class);
    }

    /** Only that very file; CONFLICT where another one is at the path. */
    public FileStatus truncate(String path, long id, long sizeBytes) {
        return client.action("fs.truncate", new Truncate(path, sizeBytes, id), FileStatus.class);
    }

    public GridStatus status() {
        return client.action("grid.status", new Nothing(), GridStatus.class);
    }
}
