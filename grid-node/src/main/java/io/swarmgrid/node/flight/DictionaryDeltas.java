package io.swarmgrid.node.flight;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.net.GridErrors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Refuses puts whose dictionaries grow by deltas. flight-core 19 takes a delta for a whole new dictionary and says nothing:
 * rows would be stored with values that they never had, so the put must not come that far.
 */
final class DictionaryDeltas {
    private static final String DO_PUT = "DoPut";

    private DictionaryDeltas() {}

    /** The same service, with puts watched. */
    static ServerServiceDefinition refusedBy(ServerServiceDefinition flight) {
        List<ServerMethodDefinition<?, ?>> methods = flight.getMethods().stream()
                .<ServerMethodDefinition<?, ?>>map(method ->
                        DO_PUT.equals(method.getMethodDescriptor().getBareMethodName()) ? watched(method) : method)
                .toList();
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(flight.getServiceDescriptor().getName());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(service::addMethod);
        return service.build();
    }

    private static <Q, A> ServerMethodDefinition<PutMessages.Seen<Q>, A> watched(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
        MethodDescriptor<PutMessages.Seen<Q>, A> seen = plain.toBuilder(
                        new PutMessages<>(plain.getRequestMarshaller()), plain.getResponseMarshaller())
                .build();
        return ServerMethodDefinition.create(
                seen, (call, headers) -> Watch.start(new Call<>(call), headers, method.getServerCallHandler()));
    }

    /** A call that was refused here is over, whatever the put's own thread makes of its end. */
    private static final class Call<Q, A> extends SimpleForwardingServerCall<PutMessages.Seen<Q>, A> {
        /** Guarded by this: the put's own thread ends the call as well. */
        private boolean closed;

        Call(ServerCall<PutMessages.Seen<Q>, A> call) {
            super(call);
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!closed) {
                closed = true;
                super.close(status, trailers);
            }
        }

        /** The type of a call's requests is that of its descriptor, which the handler does not ask for. */
        @SuppressWarnings("unchecked")
        ServerCall<Q, A> plain() {
            return (ServerCall<Q, A>) (ServerCall<?, A>) this;
        }
    }

    /** The messages of one put. Called by one thread at a time. */
    private static final class Watch<Q, A> extends ServerCall.Listener<PutMessages.Seen<Q>> {
        private final Call<Q, A> call;
        private final ServerCall.Listener<Q> put;
        private final Map<Long, String> fields = new HashMap<>();
        private boolean refused;

        private Watch(Call<Q, A> call, ServerCall.Listener<Q> put) {
            this.call = call;
            this.put = put;
        }

        static <Q, A> Watch<Q, A> start(Call<Q, A> call, Metadata headers, ServerCallHandler<Q, A> handler) {
            return new Watch<>(call, handler.startCall(call.plain(), headers));
        }

        @Override
        public void onMessage(PutMessages.Seen<Q> seen) {
            String delta = delta(seen.header());
            if (delta != null && !refused) {
                refused = true;
                GridException error = refusal(delta);
                CallContext context = CallContexts.current();
                call.close(
                        GridErrors.status(error), GridErrors.trailers(error, context.requestId(), context.traceId()));
                put.onCancel();
            }
            if (refused) {
                drop(seen.message());
            } else {
                put.onMessage(seen.message());
            }
        }

        /** A message holds buffers, which whoever takes it gives back. */
        private static void drop(Object message) {
            if (message instanceof AutoCloseable held) {
                try {
                    held.close();
                } catch (Exception e) {
                    throw new IllegalStateException("cannot give back a message's buffers", e);
                }
            }
        }

        @Override
        public void onHalfClose() {
            put.onHalfClose();
        }

        @Override
        public void onCancel() {
            if (!refused) {
                put.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!refused) {
                put.onComplete();
            }
        }

        @Override
        public void onReady() {
            put.onReady();
        }

        /** The field whose dictionary grows by this message; null where none does. */
        private @Nullable String delta(@Nullable Message header) {
            if (header == null) {
                return null;
            }
            if (header.headerType() == MessageHeader.Schema) {
                Schema schema = (Schema) header.header(new Schema());
                for (int i = 0; schema != null && i < schema.fieldsLength(); i++) {
                    learn(schema.fields(i), "");
                }
                return null;
            }
            DictionaryBatch batch = (DictionaryBatch) header.header(new DictionaryBatch());
            return batch == null || !batch.isDelta()
                    ? null
                    : fields.getOrDefault(batch.id(), "dictionary " + batch.id());
        }

        private void learn(Field field, String parent) {
            String name = parent + field.name();
            if (field.dictionary() != null) {
                fields.put(field.dictionary().id(), name);
            }
            for (int i = 0; i < field.childrenLength(); i++) {
                learn(field.children(i), name + ".");
            }
        }
    }

    private static GridException refusal(String field) {
        return new GridException(
                ErrorCode.UNSUPPORTED,
                "cannot put: the dictionary of '" + field + "' grows by a delta",
                null,
                "send whole dictionaries, emit_dictionary_deltas=False in pyarrow, or one for all batches, as"
                        + " unify_dictionaries() makes it",
                null);
    }
}
