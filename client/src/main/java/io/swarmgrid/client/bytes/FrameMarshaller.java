package io.swarmgrid.client.bytes;

import io.grpc.Detachable;
import io.grpc.Drainable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Frames as bytes: one byte that says which, then for {@link Frame.Data} offset (8) and checksum (4), for {@link
 * Frame.Ack} the offset (8), for {@link Frame.Written} offset (8), length (4) and checksum (4), for
 * {@link Frame.Flush} the offset (8) and whether onto the device (1), then to the end of the message the payload, or the JSON.
 */
final class FrameMarshaller implements MethodDescriptor.Marshaller<Frame> {
    /*
     * Out: gRPC's framer takes the bytes by OutputStream.write(byte[]) into its own direct buffers, so a direct payload goes
     * through a small array that stays in the first-level cache. Handing the buffer itself over would need reflection into
     * gRPC's internals (as Arrow's Flight does) and then ties the payload's life to Netty's flush.
     *
     * In: the message is detached from gRPC and its pieces (one for each HTTP/2 frame, 16 KiB) become one composite buffer
     * without a copy; releasing that closes the message, which gives the pieces back to Netty's pool.
     */
    static final int DATA_HEAD_BYTES = 1 + Long.BYTES + Integer.BYTES;

    private static final int ACK_BYTES = 1 + Long.BYTES;
    private static final int FLUSH_BYTES = 1 + Long.BYTES + 1;
    private static final int WRITTEN_BYTES = 1 + Long.BYTES + 2 * Integer.BYTES;
    private static final byte CONTROL = 0;
    private static final byte DATA = 1;
    private static final byte ACK = 2;
    private static final byte WRITTEN = 3;
    private static final byte FLUSH = 4;
    private static final int MAX_JSON_BYTES = 1 << 20;
    private static final int SCRATCH_BYTES = 16 << 10;
    private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[SCRATCH_BYTES]);
    private static final LongAdder HELD_BYTES = new LongAdder();

    /** Payloads that were received and not released yet. */
    static long heldBytes() {
        return HELD_BYTES.sum();
    }

    @Override
    public InputStream stream(Frame frame) {
        if (frame instanceof Frame.Data data) {
            ByteBuffer head = ByteBuffer.allocate(DATA_HEAD_BYTES)
                    .put(DATA)
                    .putLong(data.offset())
                    .putInt(data.crc32c())
                    .flip();
            return new Outgoing(head.array(), data.payload().duplicate(), data);
        }
        byte[] whole;
        if (frame instanceof Frame.Ack ack) {
            whole = ByteBuffer.allocate(ACK_BYTES)
                    .put(ACK)
                    .putLong(ack.offset())
                    .array();
        } else if (frame instanceof Frame.Written written) {
            whole = ByteBuffer.allocate(WRITTEN_BYTES)
                    .put(WRITTEN)
                    .putLong(written.offset())
                    .putInt(written.lengthBytes())
                    .putInt(written.crc32c())
                    .array();
        } else if (frame instanceof Frame.Flush flush) {
            whole = ByteBuffer.allocate(FLUSH_BYTES)
                    .put(FLUSH)
                    .putLong(flush.offset())
                    .put((byte) (flush.onDevice() ? 1 : 0))
                    .array();
        } else {
            byte[] json = ((Frame.Control) frame).json();
            whole = ByteBuffer.allocate(1 + json.length).put(CONTROL).put(json).array();
        }
        return new Outgoing(whole, Unpooled.EMPTY_BUFFER, frame);
    }

    @Override
    public Frame parse(InputStream message) {
        try {
            DataInputStream in = new DataInputStream(message);
            byte kind = in.readByte();
            return switch (kind) {
                case CONTROL -> new Frame.Control(json(message));
                case ACK -> new Frame.Ack(in.readLong());
                case WRITTEN -> new Frame.Written(in.readLong(), in.readInt(), in.readInt());
                case FLUSH -> new Frame.Flush(in.readLong(), in.readBoolean());
                case DATA -> new Frame.Data(in.readLong(), in.readInt(), payload(message));
                default -> throw new GridException(ErrorCode.CORRUPT_INPUT, "unknown kind of frame: " + kind);
            };
        } catch (IOException e) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "a frame is cut short", e);
        }
    }

    private static byte[] json(InputStream message) throws IOException {
        byte[] json = message.readNBytes(MAX_JSON_BYTES + 1);
        if (json.length > MAX_JSON_BYTES) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT, "a control frame of more than " + MAX_JSON_BYTES + " bytes");
        }
        return json;
    }

    private static ByteBuf payload(InputStream message) throws IOException {
        int length = message.available();
        if (length == 0) {
            return Unpooled.EMPTY_BUFFER;
        }
        if (!(message instanceof Detachable detachable)
                || !(message instanceof HasByteBuffer pieces)
                || !pieces.byteBufferSupported()
                || !message.markSupported()) {
            return copied(message);
        }
        InputStream owned = detachable.detach();
        try {
            return new Received(pieces(owned, length), owned);
        } catch (IOException | RuntimeException | Error e) {
            owned.close();
            throw e;
        }
    }

    /** The mark makes gRPC keep the pieces that were skipped until the stream is closed. */
    private static List<ByteBuf> pieces(InputStream owned, int length) throws IOException {
        List<ByteBuf> pieces = new ArrayList<>(length / SCRATCH_BYTES + 2);
        owned.mark(length);
        int left = length;
        while (left > 0) {
            ByteBuffer piece = ((HasByteBuffer) owned).getByteBuffer();
            if (piece == null || !piece.hasRemaining()) {
                throw new IOException("a message ended " + left + " bytes early");
            }
            pieces.add(Unpooled.wrappedBuffer(piece));
            left -= piece.remaining();
            owned.skipNBytes(piece.remaining());
        }
        return pieces;
    }

    /** For transports that do not show their buffers (in-process, compressed). */
    private static ByteBuf copied(InputStream message) throws IOException {
        ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, message.available()));
        try {
            byte[] scratch = SCRATCH.get();
            for (int count = message.read(scratch); count >= 0; count = message.read(scratch)) {
                copy.writeBytes(scratch, 0, count);
            }
            return copy;
        } catch (IOException | RuntimeException | Error e) {
            copy.release();
            throw e;
        }
    }

    /** A frame on its way into gRPC, which closes it whatever happens. */
    private static final class Outgoing extends InputStream implements KnownLength, Drainable {
        private final byte[] head;
        private final ByteBuf payload;
        private final Frame frame;
        private int headAt;

        Outgoing(byte[] head, ByteBuf payload, Frame frame) {
            this.head = head;
            this.payload = payload;
            this.frame = frame;
        }

        @Override
        public int available() {
            return head.length - headAt + payload.readableBytes();
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int drained = available();
            target.write(head, headAt, head.length - headAt);
            headAt = head.length;
            if (payload.hasArray()) {
                target.write(payload.array(), payload.arrayOffset() + payload.readerIndex(), payload.readableBytes());
                payload.skipBytes(payload.readableBytes());
                return drained;
            }
            byte[] scratch = SCRATCH.get();
            while (payload.isReadable()) {
                int count = Math.min(scratch.length, payload.readableBytes());
                payload.readBytes(scratch, 0, count);
                target.write(scratch, 0, count);
            }
            return drained;
        }

        @Override
        public int read() {
            if (headAt < head.length) {
                return head[headAt++] & 0xff;
            }
            return payload.isReadable() ? payload.readUnsignedByte() : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (headAt < head.length) {
                int count = Math.min(length, head.length - headAt);
                System.arraycopy(head, headAt, target, offset, count);
                headAt += count;
                return count;
            }
            int count = Math.min(length, payload.readableBytes());
            if (count == 0) {
                return -1;
            }
            payload.readBytes(target, offset, count);
            return count;
        }

        @Override
        public void close() {
            frame.release();
        }
    }

    /** The pieces of a received message; its end is the end of the message. */
    private static final class Received extends CompositeByteBuf {
        private final InputStream message;
        private final int lengthBytes;

        Received(List<ByteBuf> pieces, InputStream message) {
            super(PooledByteBufAllocator.DEFAULT, true, Math.max(1, pieces.size()), pieces);
            this.message = message;
            this.lengthBytes = readableBytes();
            HELD_BYTES.add(lengthBytes);
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            HELD_BYTES.add(-lengthBytes);
            try {
                message.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
