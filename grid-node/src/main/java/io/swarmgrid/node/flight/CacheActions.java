package io.swarmgrid.node.flight;

import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.PinRequest;
import io.swarmgrid.client.wire.Pinned;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Pins;

/** The actions for what is kept near. Thread-safe. */
final class CacheActions {
    private final Pins pins;

    CacheActions(Services services) {
        this.pins = new Pins(services.files(), services.nodes());
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
