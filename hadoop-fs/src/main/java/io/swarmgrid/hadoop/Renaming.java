package io.swarmgrid.hadoop;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;

/** Hadoop's two renames, by the grid's one. */
final class Renaming {
    private final Grid grid;

    Renaming(Grid grid) {
        this.grid = grid;
    }

    /**
     * {@code FileSystem.rename(src, dst)} as HDFS does it: into a directory that is there, never over anything, and false
     * for all that is not done.
     */
    boolean intoOrTo(Path source, Path target) throws IOException {
        String from = pathOf(source);
        String to = pathOf(target);
        if (from.equals("/") || to.startsWith(from + "/")) {
            return false;
        }
        // Mostly nothing is there yet, and then one call does it.
        Optional<Boolean> done =
                to.equals(from) || to.equals("/") ? Optional.empty() : attempt(source, from, to, Optional.empty());
        return done.isPresent() ? done.get() : looked(source, from, target, to);
    }

    private boolean looked(Path source, String from, Path target, String to) throws IOException {
        Optional<FileStatus> moved = Errors.at(source, () -> grid.find(from));
        if (moved.isEmpty()) {
            return false;
        }
        if (to.equals(from)) {
            return !Grid.isDirectory(moved.get());
        }
        Optional<FileStatus> there = Errors.at(target, () -> grid.find(to));
        if (there.isPresent() && !Grid.isDirectory(there.get())) {
            return false;
        }
        String whole = there.isEmpty() ? to : (to.equals("/") ? "" : to) + "/" + source.getName();
        if (whole.equals(from) || whole.startsWith(from + "/")) {
            return false;
        }
        return attempt(source, from, whole, Optional.of(false)).orElse(false);
    }

    /** @param occupied the answer where something is there */
    private Optional<Boolean> attempt(Path source, String from, String to, Optional<Boolean> occupied)
            throws IOException {
        try {
            grid.rename(from, to, false);
            return Optional.of(true);
        } catch (GridException e) {
            ErrorCode code = e.code();
            if (code == ErrorCode.ALREADY_EXISTS) {
                return occupied;
            }
            if (code == ErrorCode.NOT_FOUND || code == ErrorCode.NOT_A_DIRECTORY) {
                return Optional.of(false);
            }
            throw Errors.of(e, source);
        }
    }

    /**
     * {@code FileContext.rename}: to that very name, with an exception for all that is not done.
     *
     * @param overwrite whether a file is replaced by a file, atomically, and an empty directory by a directory
     */
    void exactly(Path source, Path target, boolean overwrite) throws IOException {
        String from = pathOf(source);
        String to = pathOf(target);
        if (from.equals("/") || to.equals("/")) {
            throw new PathIOException("/", "cannot rename the root, or to it");
        }
        FileStatus moved = Errors.at(source, () -> grid.find(from))
                .orElseThrow(() -> new FileNotFoundException("not found: " + from));
        if (to.equals(from)) {
            throw new FileAlreadyExistsException("source and target are the same: " + from);
        }
        if (to.startsWith(from + "/")) {
            throw new PathIOException(from, "cannot rename a directory into itself: " + to);
        }
        Optional<FileStatus> there = Errors.at(target, () -> grid.find(to));
        if (there.isPresent()) {
            makeWay(moved, there.get(), target, overwrite);
        }
        Errors.at(target, () -> grid.rename(from, to, overwrite && !Grid.isDirectory(moved)));
    }

    private void makeWay(FileStatus moved, FileStatus there, Path target, boolean overwrite) throws IOException {
        if (!overwrite) {
            throw new FileAlreadyExistsException("exists already: " + there.path());
        }
        if (Grid.isDirectory(moved) != Grid.isDirectory(there)) {
            throw new PathIOException(
                    there.path(), "cannot rename a file over a directory, or the reverse: " + moved.path());
        }
        if (Grid.isDirectory(there)) {
            try {
                grid.remove(there.path(), false);
            } catch (GridException e) {
                throw e.code() == ErrorCode.DIRECTORY_NOT_EMPTY
                        ? new PathIsNotEmptyDirectoryException(there.path())
                        : Errors.of(e, target);
            }
        }
    }

    private static String pathOf(Path path) {
        return path.toUri().getPath();
    }
}
