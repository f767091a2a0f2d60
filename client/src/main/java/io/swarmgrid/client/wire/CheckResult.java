package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a page of a check found; the counts are of this page alone.
 *
 * @param underReplicatedBlocks with at least one good copy, and fewer than there should be
 * @param missingBlocks with no copy on a node that is up
 * @param corruptBlocks with copies, all of them bad
 * @param badCopies bad or not where they are recorded
 * @param repairedCopies of those, given up so that they are made anew
 * @param nextPageToken where to go on; absent on the last page
 */
public record CheckResult(
        long files,
        long directories,
        long sizeBytes,
        long blocks,
        long underReplicatedBlocks,
        long missingBlocks,
        long corruptBlocks,
        long badCopies,
        long repairedCopies,
        List<BlockProblem> problems,
        @Nullable String nextPageToken) {
    public CheckResult {
        problems = List.copyOf(problems);
    }

    /**
     * A block with which something is wrong.
     *
     * @param offset of its first byte in the file
     * @param replicas how many copies there should be
     */
    public record BlockProblem(
            String path,
            String blockId,
            long offset,
            long sizeBytes,
            int replicas,
            String problem,
            List<CopyState> copies) {
        public static final String CORRUPT = "corrupt";
        public static final String MISSING = "missing";
        public static final String UNDER_REPLICATED = "under_replicated";
        public static final String BAD_COPY = "bad_copy";

        public BlockProblem {
            copies = List.copyOf(copies);
        }
    }

    /**
     * One copy.
     *
     * @param state {@code good}, {@code bad}, {@code missing} or {@code down}
     * @param detail what was found; absent where it is good
     */
    public record CopyState(
            String node, String state, @Nullable String detail) {
        public static final String GOOD = "good";
        public static final String BAD = "bad";
        public static final String MISSING = "missing";
        public static final String DOWN = "down";

        public boolean good() {
            return state.equals(GOOD);
        }

        /** Whether the copy itself is the trouble, not the way to it. */
        public boolean bad() {
            return state.equals(BAD) || state.equals(MISSING);
        }
    }

    /** The same with a token. */
    public CheckResult next(@Nullable String token) {
        return new CheckResult(
                files,
                directories,
                sizeBytes,
                blocks,
                underReplicatedBlocks,
                missingBlocks,
                corruptBlocks,
                badCopies,
                repairedCopies,
                problems,
                token);
    }
}
