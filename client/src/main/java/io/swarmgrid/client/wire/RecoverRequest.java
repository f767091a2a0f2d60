package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code grid.recover}: begins a run, or asks after one.
 *
 * @param dryRun only say what would be done
 * @param finish end the recovery after the run: from then on the grid takes changes, and what was not found is lost
 * @param run one that this node began and that is asked after; the other fields do not count then
 */
public record RecoverRequest(
        @Nullable Boolean dryRun,
        @Nullable Boolean finish,
        @Nullable String run) {}
