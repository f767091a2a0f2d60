package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files that are to be joined, as they were looked at. The sources vanish, the target keeps its identity and whatever else it is.
 *
 * @param target the file that the others follow, in their order
 * @param inline all bytes together, where they are kept in the metadata afterwards; else null
 * @param spilled what {@link FileMetadata#beginPart} opened, with the bytes of those that are kept in the metadata now; null where
 *     none needed it
 * @param blocks of the target afterwards, all sealed, in order, where they lie in it then
 * @param operation null where a retry need not be recognized
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying the bytes would be waste
public record Concatenation(
        FileLayout target,
        List<FileLayout> sources,
        byte @Nullable [] inline,
        @Nullable OpenFile spilled,
        List<BlockRecord> blocks,
        @Nullable OperationId operation) {
    /** One transaction takes them all. */
    public static final int MAX_SOURCES = 1000;

    /** @throws GridException INVALID_ARGUMENT where a file is named twice, or there are none or too many */
    public Concatenation {
        sources = List.copyOf(sources);
        blocks = List.copyOf(blocks);
        requireNumber(sources.size(), target.status().path());
        requireEachOnce(target, sources);
    }

    /** One whose bytes are kept in the metadata. */
    public static Concatenation small(
            FileLayout target, List<FileLayout> sources, byte[] inline, @Nullable OperationId operation) {
        return new Concatenation(target, sources, inline, null, List.of(), operation);
    }

    /** One of blocks. */
    @SuppressWarnings("NullAway") // it does not see that there may be no inline bytes
    public static Concatenation ofBlocks(
            FileLayout target,
            List<FileLayout> sources,
            @Nullable OpenFile spilled,
            List<BlockRecord> blocks,
            @Nullable OperationId operation) {
        return new Concatenation(target, sources, null, spilled, blocks, operation);
    }

    /** @throws GridException INVALID_ARGUMENT */
    public static void requireNumber(int sources, String target) {
        if (sources < 1 || sources > MAX_SOURCES) {
            throw GridException.invalid(
                    "cannot join " + sources + " files to " + target + ", expected 1 to " + MAX_SOURCES + " at once");
        }
    }

    /** @throws GridException INVALID_ARGUMENT */
    public static void requireEachOnce(FileLayout target, List<FileLayout> sources) {
        Set<Long> ids = new HashSet<>(List.of(target.status().id()));
        for (FileLayout source : sources) {
            if (!ids.add(source.status().id())) {
                throw GridException.invalid(
                        "cannot join a file twice: " + source.status().path());
            }
        }
    }

    public long lengthBytes() {
        return sources.stream().mapToLong(FileLayout::lengthBytes).reduce(target.lengthBytes(), Math::addExact);
    }
}
