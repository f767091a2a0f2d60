package io.swarmgrid.hadoop;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.fs.InvalidPathHandleException;
import org.apache.hadoop.fs.Options.HandleOpt;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathHandle;

/**
 * A file by its identity.
 *
 * @param mayChange whether it is still meant when its content, or the file at its path, is another one
 * @param mayMove whether it is still meant when it lies elsewhere
 */
record SwarmPathHandle(String path, long id, long version, boolean mayChange, boolean mayMove) implements PathHandle {
    private static final long serialVersionUID = 1L;

    static SwarmPathHandle of(org.apache.hadoop.fs.FileStatus status, HandleOpt... options) {
        if (!(status instanceof KnownEntry known) || status.isDirectory()) {
            throw new IllegalArgumentException("no file of a grid: " + status);
        }
        HandleOpt.Data data = HandleOpt.getOpt(HandleOpt.Data.class, options).orElse(HandleOpt.changed(false));
        HandleOpt.Location location =
                HandleOpt.getOpt(HandleOpt.Location.class, options).orElse(HandleOpt.moved(false));
        FileStatus entry = known.entry();
        return new SwarmPathHandle(
                entry.path(), entry.id(), entry.version(), data.allowChange(), location.allowChange());
    }

    static SwarmPathHandle of(PathHandle handle) throws IOException {
        if (handle instanceof SwarmPathHandle known) {
            return known;
        }
        ByteBuffer bytes = handle.bytes();
        byte[] json = new byte[bytes.remaining()];
        bytes.get(json);
        try {
            return Json.read(json, SwarmPathHandle.class);
        } catch (GridException e) {
            throw new IOException("not the handle of a file of a grid: " + e.getMessage(), e);
        }
    }

    @Override
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(Json.write(this));
    }

    /** The file that is meant, as it is now. */
    FileStatus resolve(Grid grid) throws IOException {
        FileStatus found;
        try {
            found = mayMove ? grid.stat(path, id) : grid.stat(path);
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.NOT_A_DIRECTORY) {
                throw new InvalidPathHandleException("gone: " + path, e);
            }
            throw Errors.of(e, new Path(path));
        }
        boolean changed = found.id() != id || found.version() != version;
        if (Grid.isDirectory(found) || (changed && !mayChange)) {
            throw new InvalidPathHandleException("changed: " + path);
        }
        return found;
    }
}
