package io.swarmgrid.storage.outer;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * A store outside of the grid, read by paths below its root: names with {@code /} between them, the empty text for the root itself. What no
 * path of the grid can name, and what is neither a file nor a directory, is not there. Thread-safe. Nothing is tried again and nothing is
 * remembered here: see {@link SteadyStore}.
 *
 * <p>Errors are {@link io.swarmgrid.client.GridException}: UNAVAILABLE where the store cannot be asked, PERMISSION_DENIED where it refuses.
 */
public interface OuterStore extends AutoCloseable {
    /** Empty where there is nothing, or something above it is no directory. */
    Optional<OuterEntry> find(String path);

    /**
     * Gives what is in a directory, in any order, while it is being listed.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND, NOT_A_DIRECTORY
     */
    void list(String path, Consumer<OuterEntry> each);

    /**
     * Opens one version of a file; the caller closes it.
     *
     * @param version as it was found
     * @throws io.swarmgrid.client.GridException NOT_FOUND, IS_A_DIRECTORY; PRECONDITION_FAILED where it is another version by now
     */
    OuterBytes open(String path, OuterEntry version);

    @Override
    void close();
}
