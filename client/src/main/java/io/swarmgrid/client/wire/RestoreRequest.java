package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code grid.restore}: begins a run, or asks after one.
 *
 * @param name of the backup
 * @param directory where it lies, the same absolute path on every node; null for where the configuration says
 * @param dryRun only say what would be done
 * @param run one that this node began and that is asked after; the other fields do not count then
 */
public record RestoreRequest(
        @Nullable String name,
        @Nullable String directory,
        @Nullable Boolean dryRun,
        @Nullable String run) {}
