package io.swarmgrid.client.grid;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;

/**
 * Flight's DoAction on the wire: one action, one result, both no more than bytes.
 *
 * <p>Flight's own client does the same, but brings Arrow's memory and the descriptors of all of Flight with it: a third of
 * the time that a short command has.
 */
final class ActionCall {
    private static final int MAX_ANSWER_BYTES = 64 << 20;
    private static final int ACTION_TYPE = 1;
    private static final int ACTION_BODY = 2;
    /** Field 1, length-delimited. */
    private static final int RESULT_TAG = 1 << 3 | 2;

    private static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
            .setFullMethodName("arrow.flight.protocol.FlightService/DoAction")
            .setRequestMarshaller(new EncodedAction())
            .setResponseMarshaller(new ResultBody())
            .build();

    private ActionCall() {}

    /** @throws io.grpc.StatusRuntimeException as gRPC has it, also where there was no result */
    static byte[] run(Channel channel, CallOptions options, String type, byte[] body) {
        Iterator<byte[]> results = ClientCalls.blockingServerStreamingCall(
                channel, METHOD, options.withMaxInboundMessageSize(MAX_ANSWER_BYTES), action(type, body));
        byte[] answer = null;
        while (results.hasNext()) {
            byte[] next = results.next();
            answer = answer == null ? next : answer;
        }
        if (answer == null) {
            throw Status.INTERNAL.withDescription("no answer to " + type).asRuntimeException();
        }
        return answer;
    }

    private static byte[] action(String type, byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 64);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeString(ACTION_TYPE, type);
            out.writeByteArray(ACTION_BODY, body);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static final class EncodedAction implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] action) {
            return new ByteArrayInputStream(action);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("only a server reads actions");
        }
    }

    private static final class ResultBody implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] result) {
            throw new UnsupportedOperationException("only a server writes results");
        }

        @Override
        public byte[] parse(InputStream stream) {
            byte[] body = new byte[0];
            try {
                CodedInputStream in = CodedInputStream.newInstance(stream);
                in.setSizeLimit(Integer.MAX_VALUE);
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    if (tag == RESULT_TAG) {
                        body = in.readByteArray();
                    } else {
                        in.skipField(tag);
                    }
                }
            } catch (IOException e) {
                throw Status.INTERNAL
                        .withDescription("not a Flight result: " + e.getMessage())
                        .withCause(e)
                        .asRuntimeException();
            }
            return body;
        }
    }
}
