package io.swarmgrid.node.flight;

import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.LoadRequest;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.PinRequest;
import io.swarmgrid.client.wire.Pinned;
import io.swarmgrid.storage.load.Loads;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Pins;

/** The actions for what is kept near, or brought there. Thread-safe. */
final class CacheActions {
    private final Pins pins;
    private final Loads loads;

    CacheActions(Services services) {
        this.pins = new Pins(services.files(), services.nodes());
        this.loads = services.loads();
    }

    void addTo(ActionTable table) {
        table.add(
                "cache.pin",
                "Keep near copies of a file, or of what is made in a directory: {path, tier, copies, within}",
                Grant.WRITE,
                PinRequest.class,
                (call, ask) -> pin(ask));
        table.add(
                "cache.unpin",
                "Keep none any more: {path}",
                Grant.WRITE,
                PathRequest.class,
                (call, ask) -> pins.unpin(CallerPaths.parse(ask.path())));
        table.add(
                "cache.load",
                "Bring near to this node what lies below a path: {path, tier}, or {run, stop}: how far that is",
                Grant.READ,
                LoadRequest.class,
                (call, ask) -> loads.load(ask));
        table.add(
                "cache.room",
                "How much the nodes may keep near",
                Grant.READ,
                Nothing.class,
                (call, ask) -> pins.room());
    }

    private Pinned pin(PinRequest ask) {
        return pins.pin(
                CallerPaths.parse(ask.path()),
                ask.tier() == null ? null : Keeping.medium(ask.tier()),
                ask.copies() == null ? 1 : ask.copies(),
                ask.within() == null ? null : CallerPaths.parse(ask.within()));
    }
}
