package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.Json;

/** Brings an order of a backup to a node. */
final class BackupStep extends Step {
    private static final long serialVersionUID = 1L;

    private final byte[] order;

    BackupStep(BackupOrder order) {
        this.order = Json.write(order);
    }

    @Override
    byte[] run(Tables tables) {
        return Json.write(Shares.of(here(), BackupShare.class).carryOut(Json.read(order, BackupOrder.class)));
    }
}
