package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * A quota, and how much of it is used.
 *
 * @param path of the directory that has it
 * @param limitBytes how long all files below that may be together, however many copies they have; null for any length
 * @param limitEntries how many files and directories there may be below it; null for any number
 * @param usedBytes what counts for it now; of files being written with the blocks that they may fill, and with what was removed and lies in
 *     the trash
 * @param usedEntries the same
 */
public record QuotaStatus(
        String path,
        @Nullable Long limitBytes,
        @Nullable Long limitEntries,
        long usedBytes,
        long usedEntries,
        QuotaState state) {}
