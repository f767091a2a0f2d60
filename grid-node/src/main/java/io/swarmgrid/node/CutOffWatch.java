package io.swarmgrid.node;

import io.grpc.CallOptions;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.storage.membership.MetadataEngine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds out that the grid goes on without this node. Whoever was cut off together with others is told so by Ignite; a node
 * that was cut off from all of them sees them fail, one after the other, and would wait for them for ever, since two parts
 * of a grid that were whole once are never joined again. So a node without a majority asks those that it misses: where one
 * of them answers for a majority without this node, this node has to start again. Where none does, they are down, and it
 * goes on waiting. Confined to one thread.
 */
final class CutOffWatch implements Runnable {
    private static final long ANSWER_SECONDS = 2;

    private final MetadataEngine engine;
    private final Channels channels;
    private final String node;
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private long aloneSinceNanos;
    private boolean alone;

    /** @param patience for how long a majority may be missing before anybody is asked */
    CutOffWatch(MetadataEngine engine, Channels channels, String node, Duration patience, LongSupplier nanoTime) {
        this.engine = engine;
        this.channels = channels;
        this.node = node;
        this.patienceNanos = patience.toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public void run() {
        if (engine.nodes().hasQuorum()) {
            alone = false;
            return;
        }
        if (!alone) {
            alone = true;
            aloneSinceNanos = nanoTime.getAsLong();
        }
        if (nanoTime.getAsLong() - aloneSinceNanos < patienceNanos) {
            return;
        }
        for (NodeStatus missing : engine.status()) {
            if (missing.state().equals("down") && goesOnWithoutUs(missing)) {
                engine.leftOutside("node " + missing.name() + " goes on with a majority, and without this node");
                return;
            }
        }
    }

    private boolean goesOnWithoutUs(NodeStatus missing) {
        try {
            byte[] answer = ClientCalls.blockingUnaryCall(
                    channels.channel(missing.location()),
                    BytesMethods.CALL,
                    CallOptions.DEFAULT.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS),
                    new ActionRequest("grid.status", Json.write(new Nothing())));
            GridStatus seen = Json.read(answer, GridStatus.class);
            return seen.quorum()
                    && seen.gridId().equals(engine.gridId().toString())
                    && seen.nodes().stream().noneMatch(each -> each.name().equals(node) && isThisProcess(each));
        } catch (StatusRuntimeException e) {
            return false; // it is down, or the wire is still cut: asked again when the watch runs next
        }
    }

    /** One that was started again under this name would not be this one. */
    private static boolean isThisProcess(NodeStatus seen) {
        return seen.state().equals("up")
                && seen.pid() == ProcessHandle.current().pid();
    }
}
