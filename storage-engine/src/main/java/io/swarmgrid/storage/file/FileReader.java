package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.storage.namespace.FileLayout;

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

    @Override
    void close();
}
