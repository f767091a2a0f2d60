package io.swarmgrid.node;

import io.grpc.CallOptions;
import io.grpc.Status;
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
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Finds out that the grid goes on without this node. Whoever was cut off together with others is told so by Ignite; a node
 * that was cut off from all of them sees them fail, one after the other, and would wait for them for ever, since two parts
 * of a grid that were whole once are never joined again. So a node without a majority asks those that it misses: where one
 * of them answers for a majority without this node, this node has to start again. Where none does, they are down, and it
 * goes on waiting. The same for a node that waits for the grid to come back: it may have come back where this node is not.
 * Confined to one thread.
 */
final class CutOffWatch implements Runnable {
    private final Own own;
    private final Channels channels;
    private final long patienceNanos;
    private final long answerNanos;
    private final LongSupplier nanoTime;
    private long aloneSinceNanos;
    private boolean alone;

    /** What this node knows of the grid and of itself. */
    interface Own {
        String name();

        /** Empty where this node was in none yet. */
        String gridId();

        boolean hasQuorum();

        /** Whether it can prove that it is a node: what it needs for that it learns when the grid is active. */
        boolean isKnown();

        /** All nodes, also those that are missing. */
        List<NodeStatus> nodes();

        /** The grid goes on without this node. */
        void leftOutside(String why);

        static Own of(MetadataEngine engine, String name, BooleanSupplier known) {
            return new Own() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public String gridId() {
                    return engine.knownGridId().map(UUID::toString).orElse("");
                }

                @Override
                public boolean isKnown() {
                    return known.getAsBoolean();
                }

                @Override
                public boolean hasQuorum() {
                    return engine.nodes().hasQuorum();
                }

                @Override
                public List<NodeStatus> nodes() {
                    return engine.status();
                }

                @Override
                public void leftOutside(String why) {
                    engine.leftOutside(why);
                }
            };
        }
    }

    /**
     * A watch that has seen nothing yet.
     *
     * @param patience for how long a majority may be missing before anybody is asked
     * @param answer how long whoever is asked may take
     */
    CutOffWatch(Own own, Channels channels, Duration patience, Duration answer, LongSupplier nanoTime) {
        this.own = own;
        this.channels = channels;
        this.patienceNanos = patience.toNanos();
        this.answerNanos = answer.toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public void run() {
        if (own.hasQuorum()) {
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
        for (NodeStatus missing : own.nodes()) {
            if (missing.state().equals("down") && goesOnWithoutUs(missing)) {
                alone = false;
                own.leftOutside("node " + missing.name() + " goes on with a majority, and without this node");
                return;
            }
        }
    }

    private boolean goesOnWithoutUs(NodeStatus missing) {
        try {
            byte[] answer = ClientCalls.blockingUnaryCall(
                    channels.channel(missing.location()),
                    BytesMethods.CALL,
                    CallOptions.DEFAULT.withDeadlineAfter(answerNanos, TimeUnit.NANOSECONDS),
                    new ActionRequest("grid.status", Json.write(new Nothing())));
            GridStatus seen = Json.read(answer, GridStatus.class);
            return seen.quorum()
                    && seen.gridId().equals(own.gridId())
                    && seen.nodes().stream().noneMatch(each -> each.name().equals(own.name()) && isThisProcess(each));
        } catch (StatusRuntimeException e) {
            // Whoever only starts says so before it asks who calls; who is down, or behind a wire that is still cut, is
            // asked again.
            return !own.isKnown() && e.getStatus().getCode() == Status.Code.UNAUTHENTICATED;
        }
    }

    /** One that was started again under this name would not be this one. */
    private static boolean isThisProcess(NodeStatus seen) {
        return seen.state().equals("up")
                && seen.pid() == ProcessHandle.current().pid();
    }
}
