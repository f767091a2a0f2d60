package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes one file through the pipeline. A put is seen by nobody before {@link #commit}; a file that was created is visible from
 * the beginning, and readers see of it what was flushed. Confined to one thread at a time.
 */
public interface FileWriter extends AutoCloseable {
    /**
     * Takes the next bytes and the ownership of the buffer; waits, bounded, while too much is unacknowledged.
     *
     * @throws io.swarmgrid.client.GridException NO_SPACE, LEASE_LOST, UNAVAILABLE (too few holders remain)
     */
    void write(ByteBuf bytes);

    /** The same for bytes whose CRC32C the caller has checked, so that it is not computed once more. */
    default void write(ByteBuf bytes, int crc32c) {
        write(bytes);
    }

    /**
     * The blocks that take the next bytes, as far as they are open: the present one and, towards its end, the one after it.
     * To ask is to say that one wants to write in place.
     */
    default List<OpenBlock> openBlocks() {
        return List.of();
    }

    /**
     * Takes the next bytes, which the caller has put into the file of one of the {@link #openBlocks} at their place; it
     * never reaches into the next block.
     *
     * @throws io.swarmgrid.client.GridException CORRUPT_INPUT where other bytes lie there, and what {@link
     *     #write(ByteBuf)} throws
     */
    default void written(int lengthBytes, int crc32c) {
        throw GridException.invalid("this writer takes no bytes in place");
    }

    /** Copies the remaining bytes of the buffer. */
    void write(ByteBuffer bytes);

    /** Bytes taken so far. */
    long position();

    /**
     * Up to where all nodes that shall hold the file have it, so that it outlives this node as long as one of the others lives: what {@link
     * FileStore#resume} finds there at least.
     */
    default long keptBytes() {
        return 0;
    }

    /** The identity of a file that was visible from the beginning. */
    default long fileId() {
        throw GridException.invalid("a put has no identity before it is committed");
    }

    /**
     * Lets readers see all that was written, which stays whatever becomes of this writer as long as a holder lives; only of a
     * file that was created.
     *
     * @throws io.swarmgrid.client.GridException LEASE_LOST, UNAVAILABLE; INVALID_ARGUMENT for a put
     */
    default void flush() {
        throw GridException.invalid("a put has no readers before it is committed");
    }

    /** Whether {@link #sync} can be had: not of a file that is kept in memory alone. */
    default boolean canSync() {
        return true;
    }

    /**
     * The same, and puts it on the device of every holder.
     *
     * @throws io.swarmgrid.client.GridException UNSUPPORTED where that cannot be had
     */
    default void sync() {
        flush();
    }

    /** Seals the last block on every holder, as durable as the file asks, and closes the file, or makes a put visible. */
    FileStatus commit();

    /**
     * Gives up, unless committed: nothing of a put becomes visible and the space is given back; a file that was created is
     * closed with what was written, now or soon. Idempotent.
     */
    @Override
    void close();
}
