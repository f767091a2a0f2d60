package io.swarmgrid.storage.mounted;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.FrameStream;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.OuterMount;
import io.swarmgrid.client.wire.OuterMounts;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.Mount;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.replica.DataPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mounts outer stores: only what every node can read, and sees alike. Thread-safe. */
public final class Attachments {
    private final Mounts mounts;
    private final OuterStores stores;
    private final MountedStore files;
    private final DataPath path;

    /** Owns nothing. */
    public Attachments(Mounts mounts, OuterStores stores, MountedStore files, DataPath path) {
        this.mounts = mounts;
        this.stores = stores;
        this.files = files;
        this.path = path;
    }

    /**
     * Mounts a store.
     *
     * @throws GridException what {@link Mounts#attach} throws; of the store: INVALID_ARGUMENT for what is no address, PERMISSION_DENIED where a
     *     node may not read it, UNSUPPORTED where one does not know its kind, UNAVAILABLE where one cannot reach it, NOT_FOUND,
     *     NOT_A_DIRECTORY; PRECONDITION_FAILED where nodes see different things there
     */
    public FileStatus attach(CallContext call, GridPath target, String uri, @Nullable OperationId operation) {
        String address = stores.allowed(uri);
        OuterMessages.Probed here = OuterProbe.probe(stores, address);
        if (!here.directory()) {
            throw new GridException(ErrorCode.NOT_A_DIRECTORY, "no directory of an outer store: " + address);
        }
        String name = path.here();
        for (GridNodeInfo node : path.nodes().live()) {
            if (!node.name().equals(name) && !ask(call, node, address).equals(here)) {
                throw new GridException(
                        ErrorCode.PRECONDITION_FAILED,
                        "nodes see different things at " + address + ": node=" + name + " and node=" + node.name(),
                        null,
                        "a directory of the machine has to be shared by all nodes; where it was just changed, try again",
                        null);
            }
        }
        return mounts.attach(target, address, call.caller().name(), operation);
    }

    public void detach(GridPath target, @Nullable OperationId operation) {
        mounts.detach(target, operation);
    }

    /** All of them, with what this node has read of each. */
    public OuterMounts list() {
        List<OuterMount> all = new ArrayList<>();
        for (Mount mount : mounts.list()) {
            all.add(new OuterMount(
                    mount.path().toString(),
                    mount.id(),
                    mount.uri(),
                    mount.status().owner(),
                    mount.status().createdMs(),
                    problem(mount.uri()),
                    files.statistics(mount.uri())));
        }
        return new OuterMounts(all);
    }

    /** That this node may not read it, or cannot at all; a store that does not answer is asked by its readers alone. */
    private @Nullable String problem(String uri) {
        try {
            stores.store(uri);
            return null;
        } catch (GridException e) {
            return e.getMessage();
        }
    }

    private OuterMessages.Probed ask(CallContext call, GridNodeInfo node, String uri) {
        String what = "ask node=" + node.name() + " for the outer store " + uri;
        Channel channel = ClientInterceptors.intercept(
                path.channels().channel(node.location()), CallHeaders.of(call).interceptor());
        Duration patience = path.config().outer().patience().multipliedBy(2);
        try (FrameStream answer = FrameStream.open(
                channel, BytesMethods.PROBE_OUTER, Frame.Control.of(new OuterMessages.Probe(uri)), 2, patience, what)) {
            if (answer.next() instanceof Frame.Control control) {
                return control.as(OuterMessages.Probed.class);
            }
            throw new GridException(ErrorCode.UNAVAILABLE, "no answer");
        } catch (GridException e) {
            throw new GridException(
                    e.code(), "node=" + node.name() + " cannot read it: " + e.getMessage(), e.path(), e.hint(), e);
        }
    }
}
