package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.Usage;
import org.apache.hadoop.fs.ContentSummary;
import org.apache.hadoop.fs.QuotaUsage;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a directory that has a quota. What that leaves is told by what the grid counts for it, which is no sum of what is there:
 * it has files that are being written with the blocks they may fill, what lies in the trash, and no copies.
 */
final class CountedSummary extends ContentSummary {
    private static final long NO_QUOTA = -1;

    private final QuotaUsage counted;

    @SuppressWarnings("deprecation") // the other constructor is private
    private CountedSummary(Usage usage, QuotaUsage counted) {
        super(
                usage.sizeBytes(),
                usage.files(),
                usage.directories(),
                counted.getQuota(),
                usage.storedBytes(),
                counted.getSpaceQuota());
        this.counted = counted;
    }

    /** Limits are those of the directory itself, as HDFS has it, and of nothing above. */
    static ContentSummary of(String path, Usage usage) {
        QuotaUsage counted = counted(path, usage.quota());
        return counted != null
                ? new CountedSummary(usage, counted)
                : new ContentSummary.Builder()
                        .length(usage.sizeBytes())
                        .fileCount(usage.files())
                        .directoryCount(usage.directories())
                        .spaceConsumed(usage.storedBytes())
                        .build();
    }

    /**
     * What is counted for a directory.
     *
     * @param nearest quota that the path counts for
     * @return null where that is not its own
     */
    static @Nullable QuotaUsage counted(String path, @Nullable QuotaStatus nearest) {
        if (nearest == null || !nearest.path().equals(path)) {
            return null;
        }
        Long bytes = nearest.limitBytes();
        Long entries = nearest.limitEntries();
        return new QuotaUsage.Builder()
                .quota(entries == null ? NO_QUOTA : entries)
                .spaceQuota(bytes == null ? NO_QUOTA : bytes)
                .fileAndDirectoryCount(nearest.usedEntries())
                .spaceConsumed(nearest.usedBytes())
                .build();
    }

    /** The same of what has no quota; without the columns that a summary prints besides. */
    static QuotaUsage uncounted(ContentSummary summary) {
        return new QuotaUsage.Builder()
                .quota(NO_QUOTA)
                .spaceQuota(NO_QUOTA)
                .fileAndDirectoryCount(summary.getFileAndDirectoryCount())
                .spaceConsumed(summary.getSpaceConsumed())
                .build();
    }

    @Override
    public long getFileAndDirectoryCount() {
        return getFileCount() + getDirectoryCount();
    }

    /** The columns of {@code count -q}. */
    @Override
    protected String getQuotaUsage(boolean human) {
        return counted.toString(human);
    }
}
