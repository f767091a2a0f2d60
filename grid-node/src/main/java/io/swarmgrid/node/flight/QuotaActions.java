package io.swarmgrid.node.flight;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.QuotaChange;
import io.swarmgrid.client.wire.QuotaListing;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Quotas;
import java.util.List;

/** The actions for how much there is below a path, and may be. Thread-safe. */
final class QuotaActions {
    private final Files files;
    private final Quotas quotas;

    QuotaActions(Services services) {
        this.files = services.files();
        this.quotas = services.quotas();
    }

    void addTo(ActionTable table) {
        table.add(
                "fs.usage",
                "What lies below a path: {path}",
                Grant.READ,
                PathRequest.class,
                (call, ask) -> usage(CallerPaths.parse(ask.path())));
        table.add(
                "fs.quota",
                "The quotas that a path counts for: {path}",
                Grant.READ,
                PathRequest.class,
                (call, ask) -> listing(CallerPaths.parse(ask.path())));
        table.add(
                "fs.set_quota",
                "How much there may be below a directory: {path, bytes, entries}; -1 takes a limit away",
                Grant.ADMIN,
                QuotaChange.class,
                (call, ask) -> set(ask));
    }

    private Usage usage(GridPath path) {
        List<QuotaStatus> all = quotas.of(path);
        return files.usage(path).counting(all.isEmpty() ? null : all.get(all.size() - 1));
    }

    private QuotaListing listing(GridPath path) {
        return new QuotaListing(quotas.of(path));
    }

    private QuotaListing set(QuotaChange ask) {
        GridPath path = CallerPaths.parse(ask.path());
        if (ask.bytes() == null && ask.entries() == null) {
            quotas.clear(path);
        } else {
            quotas.set(path, ask.bytes(), ask.entries());
        }
        return listing(path);
    }
}
