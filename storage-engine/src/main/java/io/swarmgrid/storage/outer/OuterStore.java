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
     * Opens one version of a file; the caller closes it. A store that compares versions when it is read need not do it here: what is refused may be
     * refused by the first read.
     *
     * @param version as it was found
     * @throws io.swarmgrid.client.GridException NOT_FOUND, IS_A_DIRECTORY; PRECONDITION_FAILED where it is another version by now
     */
    OuterBytes open(String path, OuterEntry version);

    /**
     * Begins a file, with the directories that are missing above it; the caller closes it.
     *
     * @param overwrite whether it takes the place of a file that is there
     * @throws io.swarmgrid.client.GridException UNSUPPORTED where the store is only read; ALREADY_EXISTS, as far as that is known already;
     *     IS_A_DIRECTORY, NOT_A_DIRECTORY
     */
    default OuterWriter create(String path, boolean overwrite) {
        throw OuterProblems.onlyRead(path);
    }

    /**
     * Makes a directory, with those that are missing above it; nothing where it is there.
     *
     * @throws io.swarmgrid.client.GridException UNSUPPORTED, NOT_A_DIRECTORY; ALREADY_EXISTS where a file is there
     */
    default void makeDirectory(String path) {
        throw OuterProblems.onlyRead(path);
    }

    /**
     * Removes a file, or a directory.
     *
     * @param recursive with all that is in it
     * @return false where nothing was there
     * @throws io.swarmgrid.client.GridException UNSUPPORTED; DIRECTORY_NOT_EMPTY
     */
    default boolean remove(String path, boolean recursive) {
        throw OuterProblems.onlyRead(path);
    }

    /**
     * Gives a file or a directory another path, at once or not at all.
     *
     * @param overwrite whether a file takes the place of a file that is there
     * @throws io.swarmgrid.client.GridException UNSUPPORTED where the store cannot do that; NOT_FOUND; ALREADY_EXISTS
     */
    default void rename(String from, String to, boolean overwrite) {
        throw OuterProblems.onlyRead(from);
    }

    @Override
    void close();
}
