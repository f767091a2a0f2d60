package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;

/** Bytes that were sent and are kept until all of the chain have them. Owns its buffer. Confined to its run's thread. */
final class Chunk {
    private final long offset;
    private final int crc32c;
    private final ByteBuf bytes;
    private int crcBefore;

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
