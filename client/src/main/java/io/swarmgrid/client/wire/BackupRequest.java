package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code grid.backup} and {@code grid.check_backup}: begins a run, or asks after one.
 *
 * @param name of the backup: letters, digits and underscores; for a new one null makes it of the time
 * @param directory where it lies, the same absolute path on every node; null for where the configuration says
 * @param keep how many of the directory's backups stay once this one is whole, itself among them; null for all
 * @param run one that this node began and that is asked after; the other fields do not count then
 */
public record BackupRequest(
        @Nullable String name,
        @Nullable String directory,
        @Nullable Integer keep,
        @Nullable String run) {}
