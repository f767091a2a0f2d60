package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.outer.SteadyStore;
import java.util.List;
import java.util.Optional;

/** Whether this node can read a store, and what it sees there. */
final class OuterProbe {
    private static final int NAMES = 100;

    private OuterProbe() {}

    /** What this node sees of a store. */
    static OuterMessages.Probed probe(OuterStores stores, String uri) {
        SteadyStore store = stores.store(uri);
        Optional<OuterEntry> root = store.ask(each -> each.find(""));
        if (root.isEmpty()) {
            throw new GridException(ErrorCode.NOT_FOUND, "there is nothing at the address of the outer store: " + uri);
        }
        if (!root.get().directory()) {
            return new OuterMessages.Probed(false, "");
        }
        List<OuterEntry> names = store.ask(each -> {
            NameSelection first = new NameSelection(null, NAMES);
            each.list("", first);
            return first.inOrder();
        });
        long[] hash = Hash.of(names.stream().map(OuterEntry::name).toArray(String[]::new));
        return new OuterMessages.Probed(true, Long.toHexString(hash[0]));
    }
}
