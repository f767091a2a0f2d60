package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.set_quota}. With no limit the directory has no quota from now on.
 *
 * @param bytes how long all files below it may be together; null for any length
 * @param entries how many files and directories there may be below it; null for any number
 */
public record QuotaChange(
        String path, @Nullable Long bytes, @Nullable Long entries) {}
