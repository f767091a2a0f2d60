package io.swarmgrid.storage.mounted;

import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.storage.replica.ServedCall;
import java.util.function.Function;

/** A call of another node that asks one thing and is answered one, as its answerer. */
final class OuterAnswer<Q> extends ServerCall.Listener<Frame> {
    private final ServedCall call;
    private final Class<Q> question;
    private final Function<Q, Object> answer;

    private OuterAnswer(ServedCall call, Class<Q> question, Function<Q, Object> answer) {
        this.call = call;
        this.question = question;
        this.answer = answer;
    }

    static <Q> ServerCallHandler<Frame, Frame> serving(Class<Q> question, Function<Q, Object> answer) {
        return (call, headers) -> {
            CallContext context = CallContexts.current();
            context.caller().require(Grant.NODE);
            ServedCall served = new ServedCall(call, context);
            served.request(2);
            return new OuterAnswer<>(served, question, answer);
        };
    }

    @Override
    public void onMessage(Frame frame) {
        try {
            if (!(frame instanceof Frame.Control control)) {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "a question about an outer store was expected");
            }
            call.send(Frame.Control.of(answer.apply(control.as(question))));
            call.finish();
        } catch (RuntimeException e) {
            call.fail(e);
        } finally {
            frame.release();
        }
    }

    @Override
    public void onCancel() {
        call.cancelled();
    }
}
