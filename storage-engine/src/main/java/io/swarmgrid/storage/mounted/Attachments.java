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
import io.swarmgrid.client.wire.MountStatistics;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mounts outer stores: only what every node can read, and sees alike. Thread-safe. */
public final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
    private static final Duration COUNTED_WITHIN = Duration.ofSeconds(5);

    private final Mounts mounts;
    private final OuterStores stores;
    private final MountedStore files;
    private final Outside outside;
    private final DataPath path;

    /** Owns nothing. */
    public Attachments(Mounts mounts, OuterStores stores, Outside outside, MountedStore files, DataPath path) {
        this.mounts = mounts;
        this.stores = stores;
        this.files = files;
        this.outside = outside;
        this.path = path;
    }

    /**
     * Mounts a store.
     *
     * @throws GridException what {@link Mounts#attach} throws; of the store: INVALID_ARGUMENT for what is no address, PERMISSION_DENIED where a
     *     node may not read it, UNSUPPORTED where one does not know its kind, UNAVAILABLE where one cannot reach it, NOT_FOUND,
     *     NOT_A_DIRECTORY; PRECONDITION_FAILED where nodes see different things there; UNSUPPORTED, PERMISSION_DENIED where nothing can be
     *     written there that is to be
     */
    public FileStatus attach(
            CallContext call, GridPath target, String uri, boolean writes, @Nullable OperationId operation) {
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
        if (writes) {
            // Given up at once: nothing of it is ever seen.
            stores.store(address).change(store -> {
                store.create("swarm-attach-" + UUID.randomUUID(), false).close();
                return true;
            });
        }
        FileStatus made = mounts.attach(target, address, writes, call.caller().name(), operation);
        outside.changes().mountsChanged();
        return made;
    }

    public void detach(GridPath target, @Nullable OperationId operation) {
        mounts.detach(target, operation);
        outside.changes().mountsChanged();
    }

    /** All of them, with what was read of each through all nodes. */
    public OuterMounts list(CallContext call) {
        List<Mount> mounted = mounts.list();
        Map<String, MountStatistics> read = new HashMap<>();
        List<String> silent = new ArrayList<>();
        add(read, files.statistics());
        if (!mounted.isEmpty()) {
            readElsewhere(call, read, silent);
        }
        List<OuterMount> all = new ArrayList<>();
        for (Mount mount : mounted) {
            all.add(new OuterMount(
                    mount.path().toString(),
                    mount.id(),
                    mount.uri(),
                    mount.status().owner(),
                    mount.status().createdMs(),
                    mount.writes(),
                    problem(mount.uri()),
                    read.getOrDefault(mount.uri(), MountStatistics.none(mount.uri()))));
        }
        return new OuterMounts(all, silent);
    }

    /** All are asked before the first is waited for. */
    private void readElsewhere(CallContext call, Map<String, MountStatistics> read, List<String> silent) {
        Map<String, FrameStream> asked = new TreeMap<>();
        try {
            for (GridNodeInfo node : path.nodes().live()) {
                if (!node.name().equals(path.here())) {
                    String what = "ask node=" + node.name() + " what was read of outer stores";
                    Frame question = Frame.Control.of(new OuterMessages.Count());
                    asked.put(
                            node.name(),
                            FrameStream.open(
                                    channel(call, node), BytesMethods.COUNT_OUTER, question, 2, COUNTED_WITHIN, what));
                }
            }
            long deadline = System.nanoTime() + COUNTED_WITHIN.toNanos(); // for all together
            asked.forEach((node, answer) -> {
                try {
                    Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                    if (!(answer.next(left) instanceof Frame.Control control)) {
                        throw new GridException(ErrorCode.UNAVAILABLE, "no answer");
                    }
                    add(read, control.as(OuterMessages.Counted.class).stores());
                } catch (GridException e) {
                    LOG.debug("does not say what was read through it: node={} reason={}", node, e.toString());
                    silent.add(node);
                }
            });
        } finally {
            asked.values().forEach(FrameStream::close);
        }
    }

    private static void add(Map<String, MountStatistics> all, List<MountStatistics> some) {
        some.forEach(each -> all.merge(each.uri(), each, MountStatistics::plus));
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
        Duration patience = path.config().outer().patience().multipliedBy(2);
        try (FrameStream answer = FrameStream.open(
                channel(call, node),
                BytesMethods.PROBE_OUTER,
                Frame.Control.of(new OuterMessages.Probe(uri)),
                2,
                patience,
                what)) {
            if (answer.next() instanceof Frame.Control control) {
                return control.as(OuterMessages.Probed.class);
            }
            throw new GridException(ErrorCode.UNAVAILABLE, "no answer");
        } catch (GridException e) {
            throw new GridException(
                    e.code(), "node=" + node.name() + " cannot read it: " + e.getMessage(), e.path(), e.hint(), e);
        }
    }

    private Channel channel(CallContext call, GridNodeInfo node) {
        return ClientInterceptors.intercept(
                path.channels().channel(node.location()), CallHeaders.of(call).interceptor());
    }
}
