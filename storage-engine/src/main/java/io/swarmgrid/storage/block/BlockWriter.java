package io.swarmgrid.storage.block;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Writes one block. Confined to one thread at a time, but for {@link #close}. Closing it before {@link #seal} deletes
 * the block's files, unless something was flushed: then the block is sealed as it is.
 */
public interface BlockWriter extends AutoCloseable {
    BlockId id();

    long epoch();

    /** Bytes written so far. */
    long position();

    /**
     * Appends the buffer's remaining bytes and folds them into the checksums.
     *
     * @throws io.swarmgrid.client.GridException NO_SPACE when the disk or the tier is full
     */
    void write(ByteBuffer bytes);

    /**
     * The file that is being written. Somebody else on this machine may put bytes into it beyond {@link #position}; they
     * count once they are taken by {@link #adopt}.
     */
    Path file();

    /** Whether there is room for so many bytes more, which is then kept free for this block until it ends. */
    boolean reserve(long bytes);

    /** Like {@link #write}, of bytes that lie in the file already. */
    void adopt(ByteBuffer bytes);

    /**
     * Goes on under a later epoch, durably so before this returns: what carries an older one is dropped from then on.
     * The block is cut to {@code lengthBytes}, which must not be above {@link #position}.
     */
    void epoch(long next, long lengthBytes);

    /**
     * Keeps what was written so far: it stays when this writer is closed before the seal, and when the process dies. Readers
     * see the bytes of an open block in any case, as they are taken.
     */
    void flush();

    /** The same, and puts it on the device. */
    void force();

    /**
     * Ends the block: writes the sidecar and, where the durability is {@code power}, puts file, sidecar and their
     * directory entries on the device. From then on it can be opened and never changes.
     */
    SealedBlock seal();

    @Override
    void close();
}
