package io.swarmgrid.storage.mounted;

import io.swarmgrid.storage.outer.OuterEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Of the names that it is given the first ones behind a certain one, and one more, which says that there are more. */
final class NameSelection implements Consumer<OuterEntry> {
    private final @Nullable String after;
    private final int limit;
    private final PriorityQueue<OuterEntry> first =
            new PriorityQueue<>(Comparator.comparing(OuterEntry::name).reversed());

    NameSelection(@Nullable String after, int limit) {
        this.after = after;
        this.limit = limit;
    }

    @Override
    public void accept(OuterEntry entry) {
        if (after != null && entry.name().compareTo(after) <= 0) {
            return;
        }
        OuterEntry last = first.size() > limit ? first.peek() : null;
        if (last != null && last.name().compareTo(entry.name()) <= 0) {
            return;
        }
        first.add(entry);
        if (first.size() > limit + 1) {
            first.poll();
        }
    }

    List<OuterEntry> inOrder() {
        List<OuterEntry> all = new ArrayList<>(first);
        all.sort(Comparator.comparing(OuterEntry::name));
        return List.copyOf(all);
    }
}
