package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;

/** Bytes that were sent and are kept until all of the chain have them. Owns its buffer. Confined to its run's thread. */
final class Chunk {
    private final long offset;
    private final int crc32c;
    private final ByteBuf bytes;
    private int crcBefore;
    private boolean inPlace;

    /**
     * Takes the ownership of the buffer.
     *
     * @param offset place of the first byte in the run
     */
    Chunk(long offset, int crc32c, ByteBuf bytes) {
        this.offset = offset;
        this.crc32c = crc32c;
        this.bytes = bytes;
    }

    /** The same of bytes that lie in this node's file of the block already. */
    static Chunk inPlace(long offset, int crc32c, ByteBuf bytes) {
        Chunk chunk = new Chunk(offset, crc32c, bytes);
        chunk.inPlace = true;
        return chunk;
    }

    boolean isInPlace() {
        return inPlace;
    }

    /** To be sent once more, perhaps into another file: from now on its bytes are written. */
    void resend() {
        inPlace = false;
    }

    long offset() {
        return offset;
    }

    long end() {
        return offset + bytes.readableBytes();
    }

    int lengthBytes() {
        return bytes.readableBytes();
    }

    int crc32c() {
        return crc32c;
    }

    /** Checksum of the present block up to here. */
    int crcBefore() {
        return crcBefore;
    }

    void crcBefore(int crc) {
        crcBefore = crc;
    }

    ByteBuf bytes() {
        return bytes;
    }

    void release() {
        bytes.release();
    }
}
