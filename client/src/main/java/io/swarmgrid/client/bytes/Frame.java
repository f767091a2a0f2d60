package io.swarmgrid.client.bytes;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.wire.Json;
import java.util.concurrent.atomic.AtomicBoolean;

/** One message of the service, in either direction. */
public sealed interface Frame {
    /** Gives back what the frame holds. Idempotent. */
    default void release() {}

    /** Something said about the bytes: a JSON object, which one depends on the method and on who speaks. */
    @SuppressWarnings("ArrayRecordComponent") // made to be read once; never compared
    record Control(byte[] json) implements Frame {
        public static Control of(Object value) {
            return new Control(Json.write(value));
        }

        /** @throws io.swarmgrid.client.GridException INVALID_ARGUMENT where it is not one of these */
        public <T> T as(Class<T> type) {
            return Json.read(json, type);
        }
    }

    /** All bytes before {@code offset} are where they should be. */
    record Ack(long offset) implements Frame {}

    /**
     * Asks that all bytes before {@code offset} be kept, whatever becomes of the writer, and seen by readers; and says, as
     * the answer, that it is so.
     *
     * @param onDevice whether they are to survive a power cut; false in answers
     */
    record Flush(long offset, boolean onDevice) implements Frame {}

    /** Bytes that lie in the block's file already, put there by a writer on the node's own machine: {@link BlockPlace}. */
    record Written(long offset, int lengthBytes, int crc32c) implements Frame {}

    /** Bytes with their place and their checksum. Owns the payload. */
    final class Data implements Frame {
        private final long offset;
        private final int crc32c;
        private final ByteBuf payload;
        private final AtomicBoolean released = new AtomicBoolean();

        /** Takes the ownership of the payload. */
        public Data(long offset, int crc32c, ByteBuf payload) {
            this.offset = offset;
            this.crc32c = crc32c;
            this.payload = payload;
        }

        /** Place of the first byte in the file or the block. */
        public long offset() {
            return offset;
        }

        /** As the sender says; {@link #isIntact} tells whether it is so. */
        public int crc32c() {
            return crc32c;
        }

        /** The bytes, owned by this frame: retain what outlives it. Direct, in several pieces where it was received. */
        public ByteBuf payload() {
            return payload;
        }

        public int lengthBytes() {
            return payload.readableBytes();
        }

        /** Whether the bytes have the checksum that came with them. */
        public boolean isIntact() {
            return Crc32c.of(payload) == crc32c;
        }

        @Override
        public void release() {
            if (released.compareAndSet(false, true)) {
                payload.release();
            }
        }
    }
}
