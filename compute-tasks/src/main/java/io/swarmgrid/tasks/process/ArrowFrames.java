package io.swarmgrid.tasks.process;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.Message;

/**
 * An Arrow stream from a program that may write anything. Every message's framing is looked at before the reader of
 * Arrow sees it, since that reader allocates what the framing asks for: a line of text in the stream would be taken for a
 * message of two gigabytes. Not thread-safe.
 */
/*
 * Encapsulated message: 0xFFFFFFFF, length of the metadata (little-endian int), metadata (a flatbuffer that names the
 * length of the body), body; a length of 0 ends the stream.
 * https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
public final class ArrowFrames extends InputStream {
    private static final int PREFIX_BYTES = 8;
    private static final int MAX_METADATA_BYTES = 64 << 20;

    private final PushbackInputStream in;
    private final long maxBytes;
    private ByteBuffer head = ByteBuffer.allocate(0);
    private long bodyLeft;
    private long taken;
    private boolean ended;

    /** @param maxBytes more is refused: INVALID_ARGUMENT from a read */
    public ArrowFrames(InputStream in, long maxBytes) {
        this.in = new PushbackInputStream(in, 1);
        this.maxBytes = maxBytes;
    }

    /** Whether there is nothing at all; waits for the first byte or the end. */
    public boolean isEmpty() throws IOException {
        int first = in.read();
        if (first < 0) {
            return true;
        }
        in.unread(first);
        return false;
    }

    /** Bytes of whole messages seen so far. */
    public long takenBytes() {
        return taken;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!head.hasRemaining() && bodyLeft == 0 && !next()) {
            return -1;
        }
        if (head.hasRemaining()) {
            int count = Math.min(length, head.remaining());
            head.get(bytes, offset, count);
            return count;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, bodyLeft));
        if (count < 0) {
            throw new EOFException("the stream ends " + bodyLeft + " bytes before its message does");
        }
        bodyLeft -= count;
        return count;
    }

    /** Reads what follows the end of the stream, so that the program is not stopped by a full pipe; bounded. */
    public void drain() throws IOException {
        byte[] waste = new byte[8192];
        for (int count = in.read(waste); count >= 0; count = in.read(waste)) {
            count(count);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean next() throws IOException {
        if (ended) {
            return false;
        }
        byte[] prefix = in.readNBytes(PREFIX_BYTES);
        if (prefix.length == 0) {
            ended = true;
            return false;
        }
        ByteBuffer words = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN);
        if (prefix.length < PREFIX_BYTES || words.getInt() != -1) {
            throw notArrow("its message " + describe(prefix) + " does not begin as one does");
        }
        int metadataLength = words.getInt();
        count(PREFIX_BYTES);
        if (metadataLength == 0) {
            ended = true;
            head = ByteBuffer.wrap(prefix);
            return true;
        }
        if (metadataLength < 0 || metadataLength > MAX_METADATA_BYTES) {
            throw notArrow("a message has metadata of " + metadataLength + " bytes");
        }
        count(metadataLength);
        byte[] message = new byte[PREFIX_BYTES + metadataLength];
        System.arraycopy(prefix, 0, message, 0, PREFIX_BYTES);
        if (in.readNBytes(message, PREFIX_BYTES, metadataLength) < metadataLength) {
            throw new EOFException("the stream ends within a message");
        }
        bodyLeft = bodyLength(message);
        count(bodyLeft);
        head = ByteBuffer.wrap(message);
        return true;
    }

    private static long bodyLength(byte[] message) {
        try {
            ByteBuffer metadata = ByteBuffer.wrap(message, PREFIX_BYTES, message.length - PREFIX_BYTES)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN);
            long length = Message.getRootAsMessage(metadata).bodyLength();
            if (length < 0) {
                throw notArrow("a message has a body of " + length + " bytes");
            }
            return length;
        } catch (IndexOutOfBoundsException e) {
            throw notArrow("a message's metadata is damaged");
        }
    }

    private void count(long bytes) {
        taken += bytes;
        if (taken > maxBytes || taken < 0) {
            throw new GridException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the program answers more than the bound of " + maxBytes + " bytes",
                    null,
                    "tasks.max-output is the bound",
                    null);
        }
    }

    private static String describe(byte[] prefix) {
        StringBuilder text = new StringBuilder("'");
        for (byte value : prefix) {
            text.append(value >= ' ' && value < 127 ? (char) value : '?');
        }
        return text.append('\'').toString();
    }

    private static GridException notArrow(String why) {
        return new GridException(
                ErrorCode.CORRUPT_INPUT,
                "standard output is not an Arrow stream: " + why,
                null,
                "write words for people to standard error",
                null);
    }
}
