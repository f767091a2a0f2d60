package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code cache.load}: how far a load is, and what is not near. Blocks of the grid and pages of outer stores are both counted as
 * blocks; files that lie in the metadata have none.
 *
 * @param run names it to the node that does it
 * @param state {@link RecoverResult#RUNNING}, {@link RecoverResult#DONE} or {@link RecoverResult#FAILED}
 * @param phase what it is at, or why it failed
 * @param code of the error where it failed; else null
 * @param hint what can be done about that
 * @param node where it is all brought to
 * @param files all of whose blocks are there
 * @param totalFiles as many as there are; while the first look is under way, as many as were found
 * @param blocks that are there, on such a tier or a faster one
 * @param sizeBytes of the files, in these blocks
 * @param broughtBytes how much was brought, and not there before
 * @param changed whether files were made, written or removed there meanwhile: of those that came since, nothing is said
 * @param missingBlocks how many are not there; what is below says of which files, once the load has ended
 * @param missing the first thousand ranges, by path; blocks that follow each other and lack for the same reason are one
 * @param moreMissing how many more ranges there are
 */
public record LoadResult(
        String run,
        String state,
        String phase,
        @Nullable String code,
        @Nullable String hint,
        String node,
        String path,
        String tier,
        long files,
        long totalFiles,
        long blocks,
        long totalBlocks,
        long sizeBytes,
        long totalSizeBytes,
        long broughtBytes,
        boolean changed,
        long missingBlocks,
        long missingBytes,
        List<MissingRange> missing,
        long moreMissing)
        implements RunResult {
    public LoadResult {
        missing = List.copyOf(missing);
    }

    /**
     * A part of a file that is not near.
     *
     * @param code of the error that kept it from coming
     */
    public record MissingRange(String path, long offset, long sizeBytes, String code, String why) {}
}
