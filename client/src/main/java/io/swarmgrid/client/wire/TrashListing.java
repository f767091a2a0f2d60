package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the trash, in no order.
 *
 * @param nextPageToken null on the last page
 */
public record TrashListing(
        List<TrashEntry> entries, @Nullable String nextPageToken) {
    public TrashListing {
        entries = List.copyOf(entries);
    }
}
