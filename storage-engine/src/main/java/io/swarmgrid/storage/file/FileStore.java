package io.swarmgrid.storage.file;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.WriterId;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    default FileWriter append(CallContext context, GridPath path) {
        return append(context, path, WriterId.NONE);
    }

    /** The same for a writer that may come back. */
    default FileWriter append(CallContext context, GridPath path, WriterId writer) {
        return append(context, path, writer, null);
    }

    /**
     * The same for one file and no other.
     *
     * @param fileId its identity; null for whichever is at the path
     * @throws io.swarmgrid.client.GridException CONFLICT where another file is at the path, too
     */
    FileWriter append(CallContext context, GridPath path, WriterId writer, @Nullable Long fileId);

    /**
     * Goes on with a visible file whose node, or the way to it, was lost: under a later lease, which fences that node, and behind what all
     * have who have what readers saw of it, or what was {@link FileWriter#keptBytes() told} to be kept.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND; LEASE_LOST where the file was removed or replaced, or somebody else has opened
     *     it for writing since, or has had it recovered; UNAVAILABLE where no living node has all that was told
     */
    Continued resume(CallContext context, Return who);

    /**
     * A writer who comes back.
     *
     * @param path as he called the file
     * @param fileId its identity; null for whatever is at the path, if he made it
     * @param keptBytes what was told him to be kept
     * @param syncedBytes how much of it he had put on devices
     */
    record Return(GridPath path, @Nullable Long fileId, WriterId writer, long keptBytes, long syncedBytes) {}

    /** One of the two: what he goes on with, or the file, closed as he wanted it before. */
    record Continued(@Nullable FileWriter writer, @Nullable FileStatus ended) {}

    /**
     * Cuts a closed file. No byte is moved: of its last block only a part is used from now on.
     *
     * @param fileId of the file that is meant; null for whichever is at the path
     * @throws io.swarmgrid.client.GridException NOT_FOUND; INVALID_ARGUMENT where it is shorter; PRECONDITION_FAILED where
     *     somebody writes it; CONFLICT where another file is there than the one that is meant
     */
    FileStatus truncate(GridPath path, long lengthBytes, @Nullable Long fileId);

    /** The same for whichever file is there. */
    default FileStatus truncate(GridPath path, long lengthBytes) {
        return truncate(path, lengthBytes, null);
    }

    /**
     * Joins closed files: what is in the sources follows what is in the target, in their order, and the sources vanish, all at once. No
     * block is moved; a source that is open for reading can be read on. The target stays what it is but for its length, version
     * and time.
     *
     * @param sources each once, and not the target; in any directory
     * @param operation null where a retry need not be recognized
     * @throws io.swarmgrid.client.GridException NOT_FOUND, IS_A_DIRECTORY; INVALID_ARGUMENT without sources, for a file twice, for
     *     files of a dataset; PRECONDITION_FAILED where somebody writes one, or a source survives less than the target promises;
     *     CONFLICT where others kept changing them
     */
    FileStatus concat(CallContext context, GridPath target, List<GridPath> sources, @Nullable OperationId operation);

    /**
     * Closes a file that lost its writer, or takes it from him, with all that readers saw of it at least.
     *
     * @return the closed file, also where it was closed before
     */
    FileStatus recover(CallContext context, GridPath path);

    FileReader open(CallContext context, GridPath path);

    /**
     * Reads a file by its identity, where its path is known, too: of what lies in an outer store the identity alone leads nowhere.
     *
     * @throws io.swarmgrid.client.GridException PRECONDITION_FAILED where that has another version by now
     */
    default FileReader open(CallContext context, GridPath path, long fileId) {
        return open(context, fileId);
    }

    /** Reads a file by its identity, also one that was removed or replaced meanwhile and is not reclaimed yet. */
    FileReader open(CallContext context, long fileId);

    /** Reads a version that is already known (a ticket pins it), without asking the metadata. */
    FileReader open(CallContext context, FileLayout layout);
}
