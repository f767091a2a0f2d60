package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code grid.safe_mode}.
 *
 * @param on true enters it, false leaves it, null only asks
 */
public record SafeModeRequest(@Nullable Boolean on) {}
