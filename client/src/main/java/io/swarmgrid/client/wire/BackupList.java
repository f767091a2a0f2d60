package io.swarmgrid.client.wire;

import java.util.List;

/** Backups of the metadata, the latest first. */
public record BackupList(List<BackupInfo> backups) {
    public BackupList {
        backups = List.copyOf(backups);
    }
}
