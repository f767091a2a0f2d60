package io.swarmgrid.node.flight;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.Attach;
import io.swarmgrid.client.wire.Detach;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.storage.mounted.Attachments;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.OperationId;

/** The actions for outer stores. Thread-safe. */
final class OuterActions {
    private final Attachments attachments;

    OuterActions(Services services) {
        this.attachments = services.attachments();
    }

    void addTo(ActionTable table) {
        table.add(
                "fs.attach",
                "Mount an outer store where nothing is yet: {path, uri, write_through, operation_id}",
                Grant.ADMIN,
                Attach.class,
                this::attach);
        table.add(
                "fs.detach",
                "Take a mount away, and nothing of the store: {path, operation_id}",
                Grant.ADMIN,
                Detach.class,
                this::detach);
        table.add(
                "fs.mounts",
                "The outer stores that are mounted, and what was read of them through all nodes",
                Grant.READ,
                Nothing.class,
                (call, ask) -> attachments.list(call));
    }

    private FileStatus attach(CallContext call, Attach ask) {
        GridPath path = CallerPaths.parse(ask.path());
        return attachments.attach(
                call,
                path,
                ask.uri(),
                Boolean.TRUE.equals(ask.writeThrough()),
                OperationId.of(call, "fs.attach", path, ask.operationId()));
    }

    private Removed detach(CallContext call, Detach ask) {
        GridPath path = CallerPaths.parse(ask.path());
        attachments.detach(path, OperationId.of(call, "fs.detach", path, ask.operationId()));
        return new Removed(true);
    }
}
