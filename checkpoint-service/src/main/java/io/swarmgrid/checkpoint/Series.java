package io.swarmgrid.checkpoint;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.storage.namespace.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The steps of a series from the latest on, though the namespace lists names from the first on. Thread-safe. */
final class Series {
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;
    private static final int LISTED = 1000;

    private final Files files;

    Series(Files files) {
        this.files = files;
    }

    /** Directories that are named like steps, the latest first; whether they are complete is not looked at. */
    record Page(List<Step> steps, @Nullable String nextPageToken) {
        Page {
            steps = List.copyOf(steps);
        }
    }

    /** Goes through the names before the token and keeps the last ones. */
    Page page(GridPath series, @Nullable Integer pageSize, @Nullable String pageToken) {
        int size = pageSize == null ? DEFAULT_PAGE : pageSize;
        if (size < 1 || size > MAX_PAGE) {
            throw GridException.invalid("bad page_size: " + size + ", expected 1 to " + MAX_PAGE);
        }
        long before = pageToken == null ? Long.MAX_VALUE : number(pageToken);
        Deque<Step> last = new ArrayDeque<>();
        entries(files, Step.checkSeries(series), entry -> {
            if (entry.kind() == EntryKind.DIRECTORY) {
                Step.of(series, Completeness.name(entry))
                        .filter(step -> step.number() < before)
                        .ifPresent(last::addLast);
                if (last.size() > size + 1) {
                    last.removeFirst();
                }
            }
        });
        List<Step> steps = new ArrayList<>(last);
        Collections.reverse(steps);
        if (steps.size() <= size) {
            return new Page(steps, null);
        }
        List<Step> page = steps.subList(0, size);
        return new Page(page, Long.toString(page.get(size - 1).number()));
    }

    /** All entries of a directory, page by page. */
    static void entries(Files files, GridPath directory, Consumer<FileStatus> each) {
        String last = null;
        Listing listing;
        do {
            listing = files.list(directory, last, LISTED);
            listing.entries().forEach(each);
            if (!listing.entries().isEmpty()) {
                last = Completeness.name(listing.entries().get(listing.entries().size() - 1));
            }
        } while (listing.nextPageToken() != null);
    }

    private static long number(String token) {
        try {
            return Long.parseLong(token);
        } catch (NumberFormatException e) {
            throw new GridException(ErrorCode.INVALID_ARGUMENT, "bad page_token: '" + token + "'", e);
        }
    }
}
