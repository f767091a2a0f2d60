package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.Usage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The namespace as callers use it. Thread-safe. All methods throw {@link io.swarmgrid.client.GridException}. */
public interface Files {
    Optional<FileStatus> find(GridPath path);

    /** NOT_FOUND has a hint with the nearest name in the same directory. */
    FileStatus stat(GridPath path);

    /**
     * One page of a directory in order of name.
     *
     * @param startAfter the last name of the page before; null for the first
     * @param limit 1 to 10,000
     */
    Listing list(GridPath directory, @Nullable String startAfter, int limit);

    /** Makes the directory and what is missing above it; an existing directory is fine. */
    FileStatus makeDirectories(GridPath path);

    /**
     * Renames a file or a directory, atomically; a directory never into itself.
     *
     * @param replaceFile whether an existing file at the target is replaced by a file
     */
    void rename(GridPath source, GridPath target, boolean replaceFile);

    /**
     * Removes an entry; what was below a directory is gone at once and its bytes are given back in the background.
     *
     * @param recursive without it a directory that is not empty is refused
     * @return false if there was nothing
     */
    boolean remove(GridPath path, boolean recursive);

    Usage usage(GridPath path);

    List<BlockLocation> locate(GridPath path);

    /** Small named values beside an entry (a dataset schema, a checkpoint manifest): at most 64 KiB each. */
    byte @Nullable [] attribute(GridPath path, String name);

    /** Sets or, with null, removes an attribute; part of what a rename carries along. */
    void setAttribute(GridPath path, String name, byte @Nullable [] value);
}
