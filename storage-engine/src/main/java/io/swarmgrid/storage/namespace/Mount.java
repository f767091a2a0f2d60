package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import java.util.List;

/**
 * Where an outer store is mounted: a directory of the grid, kept through renames, in which the metadata has nothing.
 *
 * @param path where it is now
 * @param uri the address of what is mounted
 * @param status of the directory itself
 */
public record Mount(GridPath path, String uri, FileStatus status) {
    /** Its identity. */
    public long id() {
        return status.id();
    }

    /** Whether it is written to as well. */
    public boolean writes() {
        return status.attributes() != null && status.attributes().containsKey(Mounts.WRITES);
    }

    /** What a path at or below it is in the outer store: names with {@code /} between them; empty for the root of that. */
    public String within(GridPath below) {
        List<String> names = below.names();
        return String.join("/", names.subList(path.names().size(), names.size()));
    }
}
