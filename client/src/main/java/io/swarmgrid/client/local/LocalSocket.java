package io.swarmgrid.client.local;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Messages over one connection: their length (4 bytes), their kind (1), and a body. For one thread at a time, but for {@link #close},
 * which ends what the other waits for.
 */
public final class LocalSocket implements Closeable {
    /** What the node says first; the last byte is the version of what follows. */
    static final int HELLO = 0x53574C01;

    private static final int BUFFER_BYTES = 32 << 10;
    private static final int HEAD_BYTES = Integer.BYTES + 1;
    /** A length that is announced is believed so far; for more the bytes have to come. */
    private static final int BELIEVED_BYTES = 64 << 10;

    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

    /** Takes the channel over. */
    public LocalSocket(SocketChannel channel) {
        this.channel = channel;
    }

    /** What one says to the other. */
    @SuppressWarnings("ArrayRecordComponent") // made to be read once; never compared
    public record Message(byte kind, byte[] body) {}

    /** A message that is not taken for its length. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(int lengthBytes, int maxBytes) {
            super("a message of " + lengthBytes + " bytes, at most " + maxBytes + " are taken");
        }
    }

    /** Says that calls are taken. */
    public void greet() throws IOException {
        out.clear().putInt(HELLO).flip();
        drain();
    }

    /** Waits for {@link #greet}; whether it came, and is of this version. */
    boolean isGreeted() throws IOException {
        while (in.remaining() < Integer.BYTES) {
            if (!fill()) {
                return false;
            }
        }
        return in.getInt() == HELLO;
    }

    /** @throws IOException where the other end has not got all of it, and so nothing that it may act upon */
    public void send(byte kind, byte[] body) throws IOException {
        out.clear().putInt(1 + body.length).put(kind);
        int at = 0;
        do {
            int some = Math.min(out.remaining(), body.length - at);
            out.put(body, at, some).flip();
            at += some;
            drain();
            out.clear();
        } while (at < body.length);
    }

    /**
     * Waits for a message.
     *
     * @return null where the other end has closed the connection and said nothing more
     * @throws IOException where it is larger than {@code maxBytes}, or cut short
     */
    public @Nullable Message receive(int maxBytes) throws IOException {
        while (in.remaining() < HEAD_BYTES) {
            if (!fill()) {
                if (in.hasRemaining()) {
                    throw cutShort();
                }
                return null;
            }
        }
        int length = in.getInt() - 1;
        if (length < 0 || length > maxBytes) {
            throw new TooLargeException(length, maxBytes);
        }
        byte kind = in.get();
        byte[] body = new byte[Math.min(length, BELIEVED_BYTES)];
        int at = 0;
        while (true) {
            int some = Math.min(in.remaining(), body.length - at);
            in.get(body, at, some);
            at += some;
            if (at == length) {
                return new Message(kind, body);
            }
            if (at == body.length) {
                body = Arrays.copyOf(body, (int) Math.min(length, 2L * at));
            } else if (!fill()) {
                throw cutShort();
            }
        }
    }

    /** Idempotent; from any thread. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void drain() throws IOException {
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private boolean fill() throws IOException {
        in.compact();
        try {
            return channel.read(in) > 0;
        } finally {
            in.flip();
        }
    }

    private static EOFException cutShort() {
        return new EOFException("the connection broke in the middle of a message");
    }
}
