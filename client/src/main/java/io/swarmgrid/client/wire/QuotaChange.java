package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.set_quota}. Where neither limit is named, and where none is left, the directory has no quota from now on.
 *
 * @param bytes how long all files below it may be together; {@link #NO_LIMIT} for any length; null for what it may be already
 * @param entries how many files and directories there may be below it; {@link #NO_LIMIT} for any number; null for what it may be already
 */
public record QuotaChange(
        String path, @Nullable Long bytes, @Nullable Long entries) {
    public static final long NO_LIMIT = -1;
}
