package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.namespace.FileLayout;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one version of a file. Every byte was checked against its checksum; a bad or lost copy is replaced by another
 * holder within the same read and reported. Thread-safe.
 */
public interface FileReader extends AutoCloseable {
    FileLayout layout();

    default long lengthBytes() {
        return layout().lengthBytes();
    }

    /**
     * Reads exactly {@code length} bytes.
     *
     * @return a pooled direct buffer; the caller releases it
     * @throws io.swarmgrid.client.GridException INVALID_ARGUMENT past the end, UNAVAILABLE when no holder answers,
     *     CORRUPT_DATA when every copy is damaged
     */
    ByteBuf read(long position, int length);

    /**
     * A part of a file that has no blocks.
     *
     * @param loan its bytes, where they lie near; null where they have to be read
     */
    record Part(long offset, long endOffset, @Nullable Loan loan) {}

    /**
     * Lends what lies near of a file that the grid has no blocks of.
     *
     * @param end not behind the file's
     * @param most parts from the one on that has the byte at {@code from}
     * @param owner takes each loan over, as soon as it is made
     * @return in order, without gaps; none of a file that has blocks, or is in the metadata
     */
    default List<Part> lendParts(long from, long end, int most, Consumer<Loan> owner) {
        return List.of();
    }

    @Override
    void close();
}
