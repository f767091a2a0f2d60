package io.swarmgrid.storage.file;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.PutOptions;

/** Opens files of the grid for writing and reading, on this node or through it. Thread-safe. */
public interface FileStore {
    /** The file becomes visible with {@link FileWriter#commit}; the caller closes the writer. */
    FileWriter put(CallContext context, GridPath path, PutOptions options);

    /** The file is visible at once, empty and open; {@link FileWriter#commit} closes it, the caller closes the writer. */
    FileWriter create(CallContext context, GridPath path, PutOptions options);

    /**
     * Opens a closed file to be written on behind its end, in a block of its own; readers see what was there, then what is flushed.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND; PRECONDITION_FAILED where somebody writes it
     */
    FileWriter append(CallContext context, GridPath path);

    /**
     * Cuts a closed file. No byte is moved: of its last block only a part is used from now on.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND; INVALID_ARGUMENT where it is shorter; PRECONDITION_FAILED where
     *     somebody writes it
     */
    FileStatus truncate(GridPath path, long lengthBytes);

    /**
     * Closes a file that lost its writer, or takes it from him, with all that readers saw of it at least.
     *
     * @return the closed file, also where it was closed before
     */
    FileStatus recover(CallContext context, GridPath path);

    FileReader open(CallContext context, GridPath path);

    /** Reads a file by its identity, also one that was removed or replaced meanwhile and is not reclaimed yet. */
    FileReader open(CallContext context, long fileId);

    /** Reads a version that is already known (a ticket pins it), without asking the metadata. */
    FileReader open(CallContext context, FileLayout layout);
}
