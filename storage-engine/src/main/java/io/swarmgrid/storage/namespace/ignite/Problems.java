package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import org.jspecify.annotations.Nullable;

/** The errors that several operations throw, said in one way. */
final class Problems {
    private Problems() {}

    static GridException notFound(String path) {
        return notFound(path, null);
    }

    static GridException notFound(String path, @Nullable String hint) {
        return new GridException(ErrorCode.NOT_FOUND, "not found: " + path, path, hint, null);
    }

    static GridException exists(String path, @Nullable String hint) {
        return new GridException(ErrorCode.ALREADY_EXISTS, "already exists: " + path, path, hint, null);
    }

    static GridException notDirectory(String path) {
        return new GridException(ErrorCode.NOT_A_DIRECTORY, "not a directory: " + path, path, null, null);
    }

    static GridException isDirectory(String path) {
        return new GridException(ErrorCode.IS_A_DIRECTORY, "is a directory: " + path, path, null, null);
    }

    static GridException notEmpty(String path) {
        return new GridException(
                ErrorCode.DIRECTORY_NOT_EMPTY,
                "directory not empty: " + path,
                path,
                "remove it recursively to remove what is in it too",
                null);
    }

    /** The mount is said by whoever knows it. */
    static GridException belowMount(String path) {
        return new GridException(
                ErrorCode.UNSUPPORTED,
                "an outer store is mounted there, which the grid only reads: " + path,
                path,
                "change it in the outer store",
                null);
    }

    static GridException isMount(String path) {
        return new GridException(
                ErrorCode.UNSUPPORTED,
                "an outer store is mounted there: " + path,
                path,
                "swarm detach takes the mount away, and nothing of the store",
                null);
    }

    static GridException beingWritten(String path, Lease by) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "somebody writes the file: " + path + ", node=" + by.node(),
                path,
                "wait until it is closed, or take it from its writer by fs.recover_lease",
                null);
    }

    static GridException elsewhere(String path) {
        return new GridException(
                ErrorCode.CONFLICT,
                "the file that is meant is not there: " + path,
                path,
                "it was renamed, replaced or removed: ask for it by its id",
                null);
    }

    static GridException changedMeanwhile(String path) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "was written by somebody else meanwhile: " + path,
                path,
                "look at what it holds now",
                null);
    }

    static GridException leaseLost(String path) {
        return new GridException(
                ErrorCode.LEASE_LOST,
                "this writer lost its lease: " + path,
                path,
                "the file was given up or taken over: write it again",
                null);
    }

    static GridException removedWhileWritten(String path) {
        return new GridException(
                ErrorCode.LEASE_LOST,
                "the file was removed or replaced while it was written: " + path,
                path,
                "write it again",
                null);
    }

    static GridException writtenByOthers(String path) {
        return new GridException(
                ErrorCode.LEASE_LOST,
                "cannot go on with a file that somebody else opened for writing, or had recovered, meanwhile: " + path,
                path,
                "look at what it holds, and append to it or write it again",
                null);
    }

    static GridException acrossQuotas(String path) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "cannot move a directory from what counts for a quota to what does not, or counts for another, nor while a quota is being"
                        + " counted: " + path,
                path,
                "make the directory there and move its files, which each are counted, or copy it; restore it to where it counts for"
                        + " the same; or wait until swarm du --quota shows the quota as active",
                null);
    }

    static GridException hasQuota(String path) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "cannot replace a directory that has a quota: " + path,
                path,
                "give the quota to the directory above it, or append; or take the quota away first, and give it to what replaces it",
                null);
    }

    static GridException invalid(String message, String path) {
        return new GridException(ErrorCode.INVALID_ARGUMENT, message, path, null, null);
    }
}
