package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * Whether the grid takes changes of names and files: the answer of {@code grid.safe_mode}.
 *
 * @param on whether it takes none
 * @param sinceMs since when; null where it is off
 * @param by who asked for it; null where it is off
 */
public record SafeModeStatus(
        boolean on, @Nullable Long sinceMs, @Nullable String by) {
    public static final SafeModeStatus OFF = new SafeModeStatus(false, null, null);
}
