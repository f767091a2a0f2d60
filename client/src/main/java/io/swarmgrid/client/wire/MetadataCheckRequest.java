package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code grid.check}: begins a run, or asks after one.
 *
 * @param repair give copies that differ what more than half of all copies have, row by row; nothing is removed
 * @param run one that this node began and that is asked after; the other field does not count then
 */
public record MetadataCheckRequest(
        @Nullable Boolean repair, @Nullable String run) {}
