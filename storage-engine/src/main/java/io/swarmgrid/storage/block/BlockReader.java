package io.swarmgrid.storage.block;

import io.netty.buffer.ByteBuf;

/** Reads one sealed block, checking every byte. Thread-safe; holds one file descriptor until closed. */
public interface BlockReader extends AutoCloseable {
    StoredBlock block();

    /**
     * Reads exactly {@code length} bytes into a pooled direct buffer, which the caller releases. The checksum of every 64 KiB
     * span that the range touches is checked.
     *
     * @throws io.swarmgrid.client.GridException CORRUPT_DATA when a checksum does not fit or the file is cut short,
     *     INVALID_ARGUMENT past the end
     */
    ByteBuf read(long position, int length);

    @Override
    void close();
}
