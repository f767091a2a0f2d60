package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.BalanceStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.storage.door.BytesDoor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that sees no majority asks one that it misses, which a real server answers for. */
class CutOffWatchTest {
    private static final String GRID = "grid-1";
    private static final long OWN_PID = ProcessHandle.current().pid();

    private final Channels channels = new Channels(ChannelSecurity.NONE);
    private final Alone own = new Alone();
    private Server other;
    private volatile GridStatus answer;
    private volatile Status refusal = Status.OK;
    private final AtomicInteger asked = new AtomicInteger();
    private long nanos;
    private CutOffWatch watch;

    @BeforeEach
    void startTheOther() throws IOException {
        other = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(BytesDoor.service(() -> null, () -> (context, action, json) -> {
                    asked.incrementAndGet();
                    assertThat(action).isEqualTo("grid.status");
                    return Json.write(answer);
                }))
                .intercept(new AnyCaller())
                .build()
                .start();
        own.quorum = false;
        own.nodes = List.of(node("n1", "up", OWN_PID), node("n2", "down", 2), node("n3", "down", 3));
        answer = status(GRID, true, node("n2", "up", 2), node("n3", "up", 3));
        watch = new CutOffWatch(own, channels, Duration.ofSeconds(10), Duration.ofMinutes(1), () -> nanos);
    }

    @AfterEach
    void stop() throws InterruptedException {
        channels.close();
        other.shutdownNow();
        assertThat(other.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void endsWhereOthersAreAMajorityWithoutIt() {
        lookAfterPatience();
        assertThat(own.why).containsExactly("node n2 goes on with a majority, and without this node");
    }

    @Test
    void asksNobodyWhileItHasAMajorityOrHasMissedItForAMoment() {
        own.quorum = true;
        lookAfterPatience();
        own.quorum = false;
        watch.run();
        nanos += TimeUnit.SECONDS.toNanos(9);
        watch.run();
        own.quorum = true;
        watch.run();
        own.quorum = false;
        nanos += TimeUnit.SECONDS.toNanos(9);
        watch.run();
        assertThat(asked).hasValue(0);
        assertThat(own.why).isEmpty();
    }

    @Test
    void waitsWhereTheOthersHaveNoMajorityEither() {
        answer = status(GRID, false, node("n2", "up", 2), node("n3", "down", 3));
        lookAfterPatience();
        assertThat(asked).hasValue(2);
        assertThat(own.why).isEmpty();
    }

    @Test
    void waitsWhereTheOthersCountItAmongThem() {
        answer = status(GRID, true, node("n1", "up", OWN_PID), node("n2", "up", 2));
        lookAfterPatience();
        assertThat(own.why).isEmpty();
    }

    @Test
    void endsWhereAnotherProcessOfItsNameIsAmongThem() {
        answer = status(GRID, true, node("n1", "up", OWN_PID + 1), node("n2", "up", 2));
        lookAfterPatience();
        assertThat(own.why).hasSize(1);
    }

    @Test
    void doesNotListenToAnotherGridAtThatAddress() {
        answer = status("grid-2", true, node("n2", "up", 2));
        lookAfterPatience();
        assertThat(own.why).isEmpty();
    }

    @Test
    void waitsWhereNobodyAnswers() {
        other.shutdownNow();
        lookAfterPatience();
        assertThat(own.why).isEmpty();
    }

    @Test
    void aNodeThatIsNotKnownYetIsLeftOutsideWhereItIsAskedWhoItIs() {
        refusal = Status.UNAUTHENTICATED;
        lookAfterPatience();
        assertThat(own.why).as("one that is known").isEmpty();
        own.known = false;
        watch.run();
        assertThat(own.why).hasSize(1);
        watch.run();
        assertThat(own.why).as("looks again at once").hasSize(1);
    }

    @Test
    void waitsForThoseThatOnlyStart() {
        own.known = false;
        refusal = Status.UNAVAILABLE;
        lookAfterPatience();
        assertThat(own.why).isEmpty();
    }

    private void lookAfterPatience() {
        watch.run();
        nanos += TimeUnit.SECONDS.toNanos(10);
        watch.run();
    }

    private NodeStatus node(String name, String state, long pid) {
        return new NodeStatus(name, "z", "grpc://127.0.0.1:" + other.getPort(), state, true, pid, 0, 1, 0, null, null);
    }

    private static GridStatus status(String grid, boolean quorum, NodeStatus... nodes) {
        return new GridStatus(
                "g",
                grid,
                "1",
                "n2",
                quorum,
                List.of(nodes),
                RepairStatus.NONE,
                new BalanceStatus(false, 5, 0, 0),
                null,
                null,
                null);
    }

    private static final class Alone implements CutOffWatch.Own {
        private final List<String> why = new ArrayList<>();
        private List<NodeStatus> nodes = List.of();
        private boolean quorum;
        private boolean known = true;

        @Override
        public String name() {
            return "n1";
        }

        @Override
        public String gridId() {
            return GRID;
        }

        @Override
        public boolean hasQuorum() {
            return quorum;
        }

        @Override
        public boolean isKnown() {
            return known;
        }

        @Override
        public List<NodeStatus> nodes() {
            return nodes;
        }

        @Override
        public void leftOutside(String reason) {
            why.add(reason);
        }
    }

    private final class AnyCaller implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (!refusal.isOk()) {
                call.close(refusal, new Metadata());
                return new ServerCall.Listener<>() {};
            }
            CallContext context = new CallContext(Caller.node("n1"), QosClass.INTERACTIVE, "test");
            return Contexts.interceptCall(Context.current().withValue(CallContexts.KEY, context), call, headers, next);
        }
    }
}
