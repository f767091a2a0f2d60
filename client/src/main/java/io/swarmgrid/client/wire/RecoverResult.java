package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a recovery is, and what it found.
 *
 * @param run names it to the node that does it
 * @param state {@code running}, {@code done} or {@code failed}
 * @param phase what it is at, or why it failed
 * @param recovering whether the grid is still being recovered, so that it takes no changes
 * @param counts of what was found
 * @param problems the first thousand
 * @param moreProblems how many more there are
 */
public record RecoverResult(
        String run,
        String state,
        String phase,
        boolean recovering,
        List<NodeShare> nodes,
        Counts counts,
        List<Problem> problems,
        long moreProblems)
        implements RunResult {
    public static final String RUNNING = "running";
    public static final String DONE = "done";
    public static final String FAILED = "failed";

    public RecoverResult {
        nodes = List.copyOf(nodes);
        problems = List.copyOf(problems);
    }

    /**
     * What a node had.
     *
     * @param records in its journal of names
     * @param damagedRecords stretches of it that could not be read
     * @param blocks whole ones on its disks
     */
    public record NodeShare(String node, long records, long damagedRecords, long blocks) {}

    /**
     * What the grid holds now.
     *
     * @param wholeFiles files of which every byte is there
     * @param brokenFiles files that lack blocks; they are there, and reading what is missing fails
     * @param missingBlocks of those
     * @param filesWithoutRecord rebuilt from block files alone, by the path that they had when they were written
     * @param unfinishedFiles were being written when the grid ended; what there is of them is in {@code /lost+found}
     * @param relocatedEntries whose directory is not known, or whose name another one has: in {@code /lost+found}
     * @param removedEntries that were removed before
     * @param unusedCopies of blocks that no file has any more
     */
    public record Counts(
            long files,
            long directories,
            long sizeBytes,
            long wholeFiles,
            long brokenFiles,
            long missingBlocks,
            long filesWithoutRecord,
            long unfinishedFiles,
            long relocatedEntries,
            long removedEntries,
            long unusedCopies) {
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /**
     * Something that is not as it was.
     *
     * @param path where it is now
     * @param problem {@code missing_block}, {@code without_record}, {@code unfinished}, {@code relocated}, or of a restore
     *     {@code later}: came into a file after the backup
     * @param blockId the block that is missing
     * @param offset of its first byte in the file
     * @param detail where it was before
     */
    public record Problem(
            String path,
            String problem,
            @Nullable String blockId,
            @Nullable Long offset,
            @Nullable Long sizeBytes,
            @Nullable String detail) {
        public static final String MISSING_BLOCK = "missing_block";
        public static final String WITHOUT_RECORD = "without_record";
        public static final String UNFINISHED = "unfinished";
        public static final String RELOCATED = "relocated";
        public static final String LATER = "later";
    }
}
