package io.swarmgrid.client.local;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A call, with what it says about itself: the same as the headers of one by the network. As bytes: five texts, each behind its length
 * (2 bytes, negative where there is none), and the JSON to the end.
 *
 * @param authorization as the header of that name
 * @param action its name, such as {@code fs.stat}
 * @param json its request
 */
@SuppressWarnings("ArrayRecordComponent") // made to be sent once; never compared
public record LocalRequest(
        @Nullable String authorization,
        @Nullable String qos,
        @Nullable String requestId,
        @Nullable String traceparent,
        String action,
        byte[] json) {
    /** Kinds of messages: this one, and the two that answer it, of which one is the error's JSON. */
    public static final byte CALL = 1;

    public static final byte DONE = 2;
    public static final byte FAILED = 3;

    /** What is larger goes by the network, which has it in pieces. */
    public static final int MAX_JSON_BYTES = 1 << 20;
    /** Of a whole request. */
    public static final int MAX_BYTES = MAX_JSON_BYTES + (64 << 10);

    static final String AUTHORIZATION = "authorization";
    private static final int TEXTS = 5;
    /** Far beyond what a node takes; three bytes each still have a length of two bytes. */
    private static final int MAX_TEXT_CHARACTERS = 10_000;

    /** Whether it may go this way; else by the network. */
    boolean fits() {
        return json.length <= MAX_JSON_BYTES
                && (authorization == null || authorization.length() <= MAX_TEXT_CHARACTERS);
    }

    byte[] encoded() {
        byte[][] texts = new byte[TEXTS][];
        int length = json.length;
        String[] each = {authorization, qos, requestId, traceparent, action};
        for (int i = 0; i < TEXTS; i++) {
            String text = each[i];
            texts[i] = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
            length += Short.BYTES + (text == null ? 0 : texts[i].length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (byte[] text : texts) {
            bytes.putShort((short) (text == null ? -1 : text.length));
            if (text != null) {
                bytes.put(text);
            }
        }
        return bytes.put(json).array();
    }

    /** @throws IOException where it is none */
    public static LocalRequest decode(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            String[] texts = new String[TEXTS];
            for (int i = 0; i < TEXTS; i++) {
                short length = in.getShort();
                if (length >= 0) {
                    texts[i] = new String(bytes, in.position(), length, StandardCharsets.UTF_8);
                    in.position(in.position() + length);
                }
            }
            String action = texts[TEXTS - 1];
            if (action == null) {
                throw new IOException("a call that names no action");
            }
            byte[] json = new byte[in.remaining()];
            in.get(json);
            return new LocalRequest(texts[0], texts[1], texts[2], texts[3], action, json);
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("a call that is cut short", e);
        }
    }
}
