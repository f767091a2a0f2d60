package io.swarmgrid.node.flight;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Services that are added to a server that listens already. Until they are there, a call to one of the grid's own gets to
 * the interceptors, which tell it that the node is starting, instead of hearing that there is no such method.
 */
final class LateServices extends HandlerRegistry {
    private static final String OWN = "swarmgrid.";

    private final Map<String, ServerMethodDefinition<?, ?>> methods = new ConcurrentHashMap<>();

    void add(ServerServiceDefinition service) {
        service.getMethods()
                .forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
    }

    @Override
    public @Nullable ServerMethodDefinition<?, ?> lookupMethod(String methodName, @Nullable String authority) {
        ServerMethodDefinition<?, ?> known = methods.get(methodName);
        if (known != null || !methodName.startsWith(OWN)) {
            return known;
        }
        MethodDescriptor<byte[], byte[]> unknown = MethodDescriptor.newBuilder(Bytes.INSTANCE, Bytes.INSTANCE)
                .setFullMethodName(methodName)
                .setType(MethodType.UNKNOWN)
                .build();
        return ServerMethodDefinition.create(unknown, LateServices::unimplemented);
    }

    @Override
    public List<ServerServiceDefinition> getServices() {
        return List.of();
    }

    private static ServerCall.Listener<byte[]> unimplemented(ServerCall<byte[], byte[]> call, Metadata headers) {
        call.close(
                Status.UNIMPLEMENTED.withDescription(
                        "Method not found: " + call.getMethodDescriptor().getFullMethodName()),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
