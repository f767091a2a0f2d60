package io.swarmgrid.storage.door;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of {@link FakeMetadata} by their paths, as they were last put there. Guarded by that. */
final class FakeFiles {
    private final Map<GridPath, FileLayout> files = new HashMap<>();

    FileLayout at(GridPath path) {
        FileLayout layout = files.get(path);
        if (layout == null) {
            throw GridException.notFound(path, null);
        }
        return layout;
    }

    FileLayout of(long fileId) {
        return files.values().stream()
                .filter(layout -> layout.status().id() == fileId)
                .findFirst()
                .orElseThrow(() -> new GridException(ErrorCode.NOT_FOUND, "not found: file=" + fileId));
    }

    void refuseExisting(GridPath path, PutOptions options) {
        if (files.containsKey(path) && !options.overwrite()) {
            throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + path);
        }
    }

    @SuppressWarnings("NullAway") // a layout's inline bytes may be null, which NullAway does not see in class files
    void put(GridPath path, FileStatus status, byte @Nullable [] inline, List<BlockRecord> blocks) {
        files.put(path, new FileLayout(status, inline, blocks));
    }

    void remove(GridPath path) {
        files.remove(path);
    }

    static FileStatus status(OpenFile file, long size, String state) {
        String path = file.path().toString();
        return new FileStatus(
                path, EntryKind.FILE, file.fileId(), size, 1, 0, 0, "local", file.replicas(), state, null);
    }

    static FileStatus status(GridPath path, long id, long size, int replicas) {
        return new FileStatus(path.toString(), EntryKind.FILE, id, size, 1, 0, 0, "local", replicas, "sealed", null);
    }
}
