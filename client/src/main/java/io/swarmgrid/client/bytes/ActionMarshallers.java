package io.swarmgrid.client.bytes;

import io.grpc.MethodDescriptor.Marshaller;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Actions as bytes: the name, a line break, and the JSON of the request; the answer is JSON alone. */
final class ActionMarshallers {
    /** More than a node may be configured to take; it refuses what is beyond its own bound. */
    static final int MAX_REQUEST_BYTES = 65 << 20;

    private ActionMarshallers() {}

    static final class Request implements Marshaller<ActionRequest> {
        @Override
        public InputStream stream(ActionRequest request) {
            byte[] name = request.action().getBytes(StandardCharsets.UTF_8);
            byte[] json = request.json();
            return new ByteArrayInputStream(ByteBuffer.allocate(name.length + 1 + json.length)
                    .put(name)
                    .put((byte) '\n')
                    .put(json)
                    .array());
        }

        @Override
        public ActionRequest parse(InputStream message) {
            byte[] bytes = read(message, MAX_REQUEST_BYTES);
            int end = 0;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            int json = Math.min(end + 1, bytes.length);
            return new ActionRequest(
                    new String(bytes, 0, end, StandardCharsets.UTF_8), Arrays.copyOfRange(bytes, json, bytes.length));
        }
    }

    static final class Answer implements Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] json) {
            return new ByteArrayInputStream(json);
        }

        @Override
        public byte[] parse(InputStream message) {
            return read(message, Integer.MAX_VALUE);
        }
    }

    private static byte[] read(InputStream message, int maxBytes) {
        try {
            return message.readNBytes(maxBytes);
        } catch (IOException e) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "an action is cut short", e);
        }
    }
}
