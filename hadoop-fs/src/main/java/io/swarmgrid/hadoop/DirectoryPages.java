package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.Listing;
import java.io.IOException;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.jspecify.annotations.Nullable;

/** The entries of a directory; a page of them is asked for when the one before is used up. Confined to one thread. */
final class DirectoryPages implements RemoteIterator<FileStatus> {
    private final Grid grid;
    private final Path path;
    private final Function<io.swarmgrid.client.wire.FileStatus, ? extends FileStatus> shown;
    private final Runnable eachPage;
    private Listing page;
    private int next;

    /**
     * Asks for the first page.
     *
     * @param eachPage called for each that is asked for
     */
    DirectoryPages(
            Grid grid,
            Path path,
            Function<io.swarmgrid.client.wire.FileStatus, ? extends FileStatus> shown,
            Runnable eachPage)
            throws IOException {
        this.grid = grid;
        this.path = path;
        this.shown = shown;
        this.eachPage = eachPage;
        this.page = ask(grid, path, null);
        eachPage.run();
    }

    private static Listing ask(Grid grid, Path path, @Nullable String token) throws IOException {
        return Errors.at(path, () -> grid.list(path.toUri().getPath(), token));
    }

    @Override
    public boolean hasNext() throws IOException {
        while (next == page.entries().size() && page.nextPageToken() != null) {
            page = ask(grid, path, page.nextPageToken());
            eachPage.run();
            next = 0;
        }
        return next < page.entries().size();
    }

    @Override
    public FileStatus next() throws IOException {
        if (!hasNext()) {
            throw new NoSuchElementException("the end of " + path);
        }
        return shown.apply(page.entries().get(next++));
    }
}
