package io.swarmgrid.storage.door;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.net.GridErrors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves one action a call. */
final class ActionHandler implements ServerCallHandler<ActionRequest, byte[]> {
    private final Supplier<@Nullable Actions> actions;

    /** @param actions asked at each call; null while the node is starting */
    ActionHandler(Supplier<@Nullable Actions> actions) {
        this.actions = actions;
    }

    @Override
    public ServerCall.Listener<ActionRequest> startCall(ServerCall<ActionRequest, byte[]> call, Metadata headers) {
        call.request(2); // the second one is how gRPC finds out that there is none
        return new ServerCall.Listener<>() {
            private @Nullable ActionRequest request;

            @Override
            public void onMessage(ActionRequest message) {
                request = message;
            }

            @Override
            public void onHalfClose() {
                answer(call, request);
            }
        };
    }

    private void answer(ServerCall<ActionRequest, byte[]> call, @Nullable ActionRequest request) {
        CallContext context = CallContexts.current();
        try {
            Actions open = actions.get();
            if (open == null) {
                throw new GridException(ErrorCode.UNAVAILABLE, "the node is starting");
            }
            if (request == null) {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "a call that names no action");
            }
            byte[] json = open.answer(context, request.action(), request.json());
            call.sendHeaders(new Metadata());
            call.sendMessage(json);
            call.close(Status.OK, new Metadata());
        } catch (RuntimeException | Error e) {
            if (!call.isCancelled()) {
                GridException error = GridErrors.of(e);
                call.close(
                        GridErrors.status(error), GridErrors.trailers(error, context.requestId(), context.traceId()));
            }
        }
    }
}
