package io.swarmgrid.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Backups of the metadata. {@code every} and {@code keep} count as the node has them that is longest in the grid.
 *
 * @param every how long after the last one the next is made; empty: only when somebody asks
 * @param keep how many a schedule leaves in the directory
 * @param directory where this node writes its part when no other is named; empty: {@link SwarmConfig#backupDirectory()}
 */
public record BackupConfig(Optional<Duration> every, int keep, Optional<Path> directory) {
    public BackupConfig {
        Checks checks = new Checks().between("keep", keep, 1, 10_000);
        every.ifPresent(pause -> checks.between("every", pause, "1s", "365d"));
        checks.done();
    }

    static BackupConfig defaults() {
        return new BackupConfig(Optional.empty(), 7, Optional.empty());
    }
}
