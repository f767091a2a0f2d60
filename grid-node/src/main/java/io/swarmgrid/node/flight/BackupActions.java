package io.swarmgrid.node.flight;

import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.BackupQuery;
import io.swarmgrid.client.wire.BackupRequest;
import io.swarmgrid.client.wire.RestoreRequest;

/** The actions of backups and their restore. Thread-safe. */
final class BackupActions {
    private final Services services;

    BackupActions(Services services) {
        this.services = services;
    }

    void addTo(ActionTable table) {
        table.add(
                "grid.backup",
                "Write a backup of the metadata: {name, directory, keep}, or {run}: how far that is",
                Grant.ADMIN,
                BackupRequest.class,
                (call, ask) -> services.backups().backup(ask));
        table.add(
                "grid.check_backup",
                "Read a backup from end to end: {name, directory}, or {run}: how far that is",
                Grant.ADMIN,
                BackupRequest.class,
                (call, ask) -> services.backups().check(ask));
        table.add(
                "grid.restore",
                "Bring back what a backup has: {name, directory, dry_run}, or {run}: how far that is",
                Grant.ADMIN,
                RestoreRequest.class,
                (call, ask) -> services.restore().restore(ask));
        table.add(
                "grid.backups",
                "The backups of the metadata that are found, latest first: {directory}",
                Grant.ADMIN,
                BackupQuery.class,
                (call, ask) -> services.backups().list(ask));
    }
}
