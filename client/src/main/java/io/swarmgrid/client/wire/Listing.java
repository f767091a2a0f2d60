package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of a directory, in order of name; {@code nextPageToken} is null on the last page. */
public record Listing(List<FileStatus> entries, @Nullable String nextPageToken) {
    public Listing {
        entries = List.copyOf(entries);
    }
}
