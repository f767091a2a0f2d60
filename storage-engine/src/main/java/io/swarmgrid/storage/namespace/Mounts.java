package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which outer stores are mounted where. Thread-safe; throws as {@link Files} does. */
public interface Mounts {
    /** The attribute of a directory that says what is mounted there. */
    String ATTRIBUTE = "swarm.outer";

    /** The one that says that it is written to as well, by any value. */
    String WRITES = "swarm.outer.writes";

    /** The mount at a path, or above it. */
    Optional<Mount> over(GridPath path);

    /**
     * Makes a directory, with what is missing above it, and mounts an outer store there. From then on nothing can be made in it.
     *
     * @param uri the address in the form in which it is kept
     * @param writes whether what is put there goes to the store
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS where there is anything; NOT_A_DIRECTORY; UNSUPPORTED below another mount;
     *     OVERLOADED where there are as many mounts as may be
     */
    FileStatus attach(GridPath path, String uri, boolean writes, String owner, @Nullable OperationId operation);

    /** The same to be read only. */
    default FileStatus attach(GridPath path, String uri, String owner, @Nullable OperationId operation) {
        return attach(path, uri, false, owner, operation);
    }

    /**
     * Removes a mount; what it shows stays as it is.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND; INVALID_ARGUMENT where no outer store is mounted at the path itself
     */
    void detach(GridPath path, @Nullable OperationId operation);

    /** All that can be reached by a path, in order of it. */
    List<Mount> list();
}
