package io.swarmgrid.storage.mounted;

import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.outer.SteadyStore;
import io.swarmgrid.storage.replica.ServedCall;
import java.util.List;
import java.util.Optional;

/** One ProbeOuter call as its answerer: whether this node can read a store, and what it sees there. */
final class OuterProbe extends ServerCall.Listener<Frame> {
    private static final int NAMES = 100;

    private final ServedCall call;
    private final OuterStores stores;

    private OuterProbe(ServedCall call, OuterStores stores) {
        this.call = call;
        this.stores = stores;
    }

    static ServerCallHandler<Frame, Frame> serving(OuterStores stores) {
        return (call, headers) -> {
            CallContext context = CallContexts.current();
            context.caller().require(Grant.NODE);
            ServedCall served = new ServedCall(call, context);
            served.request(2);
            return new OuterProbe(served, stores);
        };
    }

    /** What this node sees of a store. */
    static OuterMessages.Probed probe(OuterStores stores, String uri) {
        SteadyStore store = stores.store(uri);
        Optional<OuterEntry> root = store.ask(each -> each.find(""));
        if (root.isEmpty()) {
            throw new GridException(ErrorCode.NOT_FOUND, "there is nothing at the address of the outer store: " + uri);
        }
        if (!root.get().directory()) {
            return new OuterMessages.Probed(false, "");
        }
        List<OuterEntry> names = store.ask(each -> {
            NameSelection first = new NameSelection(null, NAMES);
            each.list("", first);
            return first.inOrder();
        });
        long[] hash = Hash.of(names.stream().map(OuterEntry::name).toArray(String[]::new));
        return new OuterMessages.Probed(true, Long.toHexString(hash[0]));
    }

    @Override
    public void onMessage(Frame frame) {
        try {
            if (!(frame instanceof Frame.Control control)) {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "a question about an outer store was expected");
            }
            call.send(Frame.Control.of(
                    probe(stores, control.as(OuterMessages.Probe.class).uri())));
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
