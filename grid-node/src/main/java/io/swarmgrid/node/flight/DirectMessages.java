package io.swarmgrid.node.flight;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the batches of a DoGet reach the socket as they are. Flight-core puts a head in a heap buffer, and paddings in
 * others, before and between the batch's direct ones; Netty sends a composite without a copy only if all of it is direct,
 * and so copied each whole frame. Here the few small heap buffers are replaced, in place, by direct ones.
 *
 * <p>The composite is a private field of flight-core's stream (19.0.0); where it is not found, all is as it was, one copy
 * slower, and the log says so once.
 */
final class DirectMessages {
    private static final Logger LOG = LoggerFactory.getLogger(DirectMessages.class);
    private static final String METHOD = "DoGet";
    private static final Optional<Field> BUFFER = buffer();
    /** What paddings are made of; shared by all, never released. */
    private static final ByteBuf ZEROS = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(64, 64).writeZero(64).asReadOnly());

    private DirectMessages() {}

    /** Whether the library is as we know it. */
    static boolean isPossible() {
        return BUFFER.isPresent();
    }

    /** The same service, its DoGet without that copy. */
    static ServerServiceDefinition sentBy(ServerServiceDefinition flight) {
        ServiceDescriptor plain = flight.getServiceDescriptor();
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(plain.getName());
        if (plain.getSchemaDescriptor() != null) {
            descriptor.setSchemaDescriptor(plain.getSchemaDescriptor());
        }
        var methods = flight.getMethods().stream()
                .map(method ->
                        METHOD.equals(method.getMethodDescriptor().getBareMethodName()) ? direct(method) : method)
                .toList();
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(service::addMethod);
        return service.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> direct(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
        MethodDescriptor<Q, A> direct = plain.toBuilder(
                        plain.getRequestMarshaller(), new Marshaller<>(plain.getResponseMarshaller()))
                .build();
        ServerCallHandler<Q, A> handler = method.getServerCallHandler();
        return ServerMethodDefinition.create(direct, handler);
    }

    private record Marshaller<A>(MethodDescriptor.Marshaller<A> plain) implements MethodDescriptor.Marshaller<A> {
        @Override
        public InputStream stream(A message) {
            InputStream stream = plain.stream(message);
            BUFFER.ifPresent(field -> makeDirect(field, stream));
            return stream;
        }

        @Override
        public A parse(InputStream stream) {
            return plain.parse(stream);
        }
    }

    private static void makeDirect(Field field, InputStream stream) {
        if (!field.getDeclaringClass().isInstance(stream)) {
            return;
        }
        try {
            makeDirect((CompositeByteBuf) field.get(stream));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Replaces what is not direct; the bytes stay the same. */
    static void makeDirect(CompositeByteBuf message) {
        for (int i = 0; i < message.numComponents(); i++) {
            ByteBuf part = message.component(i);
            if (!part.isDirect()) {
                ByteBuf direct = direct(part);
                message.removeComponent(i);
                message.addComponent(i, direct);
            }
        }
    }

    private static ByteBuf direct(ByteBuf part) {
        int bytes = part.readableBytes();
        if (bytes <= ZEROS.capacity() && ByteBufUtil.equals(part, part.readerIndex(), ZEROS, 0, bytes)) {
            return ZEROS.retainedSlice(0, bytes);
        }
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes).writeBytes(part, part.readerIndex(), bytes);
    }

    private static Optional<Field> buffer() {
        try {
            Field field = Class.forName("org.apache.arrow.flight.ArrowMessage$DrainableByteBufInputStream")
                    .getDeclaredField("buf");
            field.setAccessible(true);
            return field.getType() == CompositeByteBuf.class ? Optional.of(field) : Optional.empty();
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("flight-core is not as it was: each batch is copied once on its way out: error={}", e.toString());
            return Optional.empty();
        }
    }
}
