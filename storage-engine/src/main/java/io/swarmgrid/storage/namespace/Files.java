package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.Usage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The namespace as callers use it. Thread-safe. All methods throw {@link io.swarmgrid.client.GridException}: NO_QUORUM
 * where this node may not decide, UNAVAILABLE while the grid is not active.
 */
public interface Files {
    /** The directory, hidden from listings of the root, in which unfinished work is staged, one directory for each. */
    GridPath STAGING = GridPath.parse("/.swarm/staging");

    Optional<FileStatus> find(GridPath path);

    /** NOT_FOUND has a hint with the nearest name in the same directory. */
    FileStatus stat(GridPath path);

    /**
     * One page of a directory in order of name. The root's does not show {@code .swarm}.
     *
     * @param startAfter the last name of the page before; null for the first
     * @param limit 1 to 10,000
     * @throws io.swarmgrid.client.GridException NOT_FOUND, NOT_A_DIRECTORY
     */
    Listing list(GridPath directory, @Nullable String startAfter, int limit);

    /**
     * Makes a directory.
     *
     * @param parents whether what is missing above it is made too and an existing directory is fine
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS, NOT_FOUND (a parent), NOT_A_DIRECTORY
     */
    FileStatus makeDirectory(GridPath path, String owner, Parents parents);

    /** What {@link #makeDirectory} does about directories above it. */
    enum Parents {
        MAKE,
        REQUIRE
    }

    /**
     * Renames a file or a directory, atomically; a directory never into itself.
     *
     * @param replaceFile whether an existing file at the target is replaced by a file
     */
    FileStatus rename(GridPath source, GridPath target, boolean replaceFile, @Nullable OperationId operation);

    /**
     * Removes an entry; what was below a directory is gone at once and its bytes are given back in the background.
     *
     * @param recursive without it a directory that is not empty is refused
     * @return false if there was nothing
     */
    default boolean remove(GridPath path, boolean recursive, @Nullable OperationId operation) {
        return remove(path, recursive, Removal.TO_TRASH, operation);
    }

    /** The same. */
    boolean remove(GridPath path, boolean recursive, Removal removal, @Nullable OperationId operation);

    /** What becomes of what was removed. */
    enum Removal {
        /** It can be had back for {@code storage.trash-grace}: {@link Trash}. What was only staged goes for good all the same. */
        TO_TRASH,
        /** It is taken back at once. */
        FOR_GOOD
    }

    Usage usage(GridPath path);

    /** NOT_FOUND, IS_A_DIRECTORY; empty for an inlined file. */
    List<BlockLocation> locate(GridPath path);

    /**
     * The same of many files by identity, in a few round trips for all of them.
     *
     * @return the blocks by file, without the files that are gone
     */
    Map<Long, List<BlockLocation>> locateAll(Collection<Long> fileIds);

    /**
     * Sets or, with null, removes a small named text beside an entry, which {@link FileStatus} carries and a rename
     * takes along. All of an entry's attributes together are at most 16 KiB.
     */
    FileStatus setAttribute(GridPath path, String name, @Nullable String value);

    /**
     * Says how many copies of a file's blocks there should be from now on; repair makes or gives up copies after it.
     * Where it fails half-way, some of the blocks know of it: asking again does the rest.
     *
     * @param replicas 1 to 16; more than there are nodes is taken, and shows as under-replicated
     * @throws io.swarmgrid.client.GridException NOT_FOUND, IS_A_DIRECTORY, INVALID_ARGUMENT
     */
    FileStatus setReplication(GridPath path, int replicas);

    /**
     * Says which near copies of a file's blocks are to be kept from now on, or of what is made in a directory; repair makes or gives
     * them up after it. What is in a directory already is not changed. Where it fails half-way, some of the blocks of a file know of
     * it: asking again does the rest.
     */
    FileStatus keep(GridPath path, Keeping keeping);

    /** That of the directory at a path, or of the nearest one above that is there: what a file made in it is kept by. */
    StoragePolicy policy(GridPath path);

    /**
     * Has what will be put into a directory count for the quotas of the place where it is going, from the beginning.
     *
     * @param staged an empty directory
     * @param target what it is to become, or to be added to
     */
    void countAs(GridPath staged, GridPath target);

    /**
     * Refuses early what {@link #publish} would refuse in the end: to replace a directory that has a quota itself.
     *
     * @throws io.swarmgrid.client.GridException PRECONDITION_FAILED
     */
    void requireReplaceable(GridPath target);

    /** Changes the status of a file or a directory. */
    FileStatus setStatus(GridPath path, StatusChange change);

    /** @throws io.swarmgrid.client.GridException ALREADY_EXISTS, NOT_FOUND, CONFLICT (the version moved) */
    FileStatus publish(Publication publication);

    /** The entry as it was right after the operation of that name, if one was done and is still remembered. */
    Optional<FileStatus> outcome(OperationId operation);
}
