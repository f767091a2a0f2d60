package io.swarmgrid.node.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.LocalPlace;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.node.auth.Authenticator;
import io.swarmgrid.node.auth.CallInterceptor;
import io.swarmgrid.node.auth.Entrance;
import io.swarmgrid.node.auth.Gate;
import io.swarmgrid.node.auth.TokensFile;
import io.swarmgrid.qos.ClassRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both doors of a node, the network's and the machine's, over actions that tell by which one they were asked. */
class LocalDoorTest {
    private static final String SOCKET = "local-call";
    private static final int FEW = 4;

    @TempDir
    private Path data;

    private final Gate gate = new Gate();
    private final CountDownLatch waits = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private Entrance entrance;
    private LocalDoor door;
    private Server network;
    private LocalPlace told;
    private GridClient client;

    /** What an action was asked with. */
    record Seen(String thread, String caller, String tenant, String qos, String requestId, int bytes, String body) {}

    record Ask(int bytes, String body) {}

    @BeforeEach
    void start() throws Exception {
        gate.open();
        open(Optional.empty());
    }

    private void open(Optional<TokensFile> tokens) throws Exception {
        entrance = new Entrance(
                gate,
                new Authenticator(tokens),
                new ClassRegistry(SwarmConfig.defaults().qos()),
                100,
                false);
        network = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.CALL, ServerCalls.asyncUnaryCall(this::byNetwork))
                        .addMethod(BytesMethods.FIND_LOCAL, ServerCalls.asyncUnaryCall(this::find))
                        .build())
                .maxInboundMessageSize(64 << 20)
                .intercept(new CallInterceptor(entrance))
                .build()
                .start();
        door = LocalDoor.open(data, network.getPort(), entrance, () -> this::answer)
                .orElseThrow();
        told = door.place();
        client = connect(ClientOptions.DEFAULT);
    }

    private GridClient connect(ClientOptions options) {
        return GridClient.connect(List.of("127.0.0.1:" + network.getPort()), options);
    }

    @AfterEach
    void stop() throws InterruptedException {
        waits.countDown();
        client.close();
        door.close();
        network.shutdownNow();
        assertThat(network.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(door.connections()).isZero();
        assertThat(entrance.openCalls()).isZero();
    }

    @Test
    void isGoneThroughByWhoeverCallsMoreThanAFewTimes() {
        for (int i = 0; i < FEW - 1; i++) {
            assertThat(ask(client, "").thread()).doesNotStartWith(SOCKET);
        }
        assertThat(door.connections()).isZero();
        for (int i = 0; i < 10; i++) {
            Seen seen = ask(client, "Grüße");
            assertThat(seen.thread()).startsWith(SOCKET);
            assertThat(seen.body()).isEqualTo("Grüße");
        }
        assertThat(door.connections()).isEqualTo(1);
    }

    @Test
    void saysWhoCallsAndInWhichClassAsTheNetworkDoes() throws Exception {
        stop();
        Path file = data.resolve("tokens");
        String hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest("secret".getBytes(StandardCharsets.UTF_8)));
        Files.writeString(file, "ada lab read,write sha256:" + hash + "\n");
        open(Optional.of(TokensFile.open(file)));
        try (GridClient ada =
                connect(ClientOptions.DEFAULT.withToken(() -> "secret").withQos(new QosClass("interactive")))) {
            Seen network = ask(ada, "");
            for (int i = 0; i < FEW; i++) {
                Seen unused = ask(ada, "");
            }
            Seen local = ask(ada, "");
            assertThat(network.thread()).doesNotStartWith(SOCKET);
            assertThat(local.thread()).startsWith(SOCKET);
            assertThat(local.caller()).isEqualTo("ada").isEqualTo(network.caller());
            assertThat(local.tenant()).isEqualTo("lab").isEqualTo(network.tenant());
            assertThat(local.qos()).isEqualTo("interactive");
            assertThat(local.requestId()).isNotEmpty().isNotEqualTo(network.requestId());
            Files.delete(file);
        }
        try (GridClient nobody = connect(ClientOptions.DEFAULT.withToken(() -> "guess"))) {
            for (int i = 0; i < FEW + 2; i++) {
                assertThatThrownBy(() -> ask(nobody, "")).hasMessage("unauthenticated: unknown token");
            }
        }
    }

    @Test
    void answersErrorsAsTheNetworkDoes() {
        GridException network = failure();
        warmUp();
        GridException local = failure();
        assertThat(local.code()).isEqualTo(network.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(local).hasMessage(network.getMessage());
        assertThat(local.path()).isEqualTo(network.path()).isEqualTo("/a/b");
        assertThat(local.hint()).isEqualTo(network.hint()).isEqualTo("look beside it");
        assertThat(ask(client, "").thread()).startsWith(SOCKET);
    }

    @Test
    void hasAConnectionForEachOfThoseWhoCallAtOnce() throws Exception {
        warmUp();
        ExecutorService threads = Executors.newFixedThreadPool(40);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String body = "caller " + i;
                all.add(threads.submit(() -> {
                    boolean right = true;
                    for (int k = 0; k < 50; k++) {
                        right &= ask(client, body + k).body().equals(body + k);
                    }
                    return right;
                }));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(door.connections()).isBetween(1L, 40L);
    }

    @Test
    void takesLargeAnswersAndLeavesLargeRequestsToTheNetwork() {
        warmUp();
        Seen large = client.action("see", new Ask(5_000_000, ""), Seen.class);
        assertThat(large.thread()).startsWith(SOCKET);
        assertThat(large.body()).hasSize(5_000_000);
        Seen asked = ask(client, "x".repeat(2_000_000));
        assertThat(asked.thread()).doesNotStartWith(SOCKET);
        assertThat(asked.body()).hasSize(2_000_000);
    }

    @Test
    void endsWhatLastsTooLong() {
        try (GridClient hasty = connect(
                ClientOptions.DEFAULT.withTimeout(Duration.ofMillis(500)).withRetries(0))) {
            for (int i = 0; i < FEW; i++) {
                Seen unused = ask(hasty, "");
            }
            assertThatThrownBy(() -> hasty.action("wait", Map.of(), Void.class))
                    .isInstanceOfSatisfying(
                            GridException.class, late -> assertThat(late.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME))
                    .hasMessageContaining("no answer in time");
            assertThat(ask(hasty, "").thread()).startsWith(SOCKET);
        }
    }

    @Test
    void letsACallerGoThatIsInterrupted() throws Exception {
        warmUp();
        List<GridException> thrown = new ArrayList<>();
        Thread caller = new Thread(() -> {
            try {
                client.action("wait", Map.of(), Void.class);
            } catch (GridException e) {
                thrown.add(e);
            }
        });
        caller.start();
        begun.await();
        caller.interrupt();
        caller.join();
        assertThat(thrown).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("interrupted"));
        assertThat(ask(client, "").thread()).startsWith(SOCKET);
    }

    @Test
    void waitsForWhatItIsAtAndSendsTheOthersToTheNetwork() throws Exception {
        warmUp();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Seen> underWay = threads.submit(() -> client.action("wait", Map.of(), Seen.class));
            begun.await();
            Future<?> closing = threads.submit(door::close);
            while (Files.exists(Path.of(told.socket()))) {
                Thread.onSpinWait();
            }
            assertThat(ask(client, "").thread()).doesNotStartWith(SOCKET);
            waits.countDown();
            assertThat(underWay.get().thread()).startsWith(SOCKET);
            closing.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(ask(client, "").thread()).doesNotStartWith(SOCKET);
    }

    @Test
    void isNotGoneThroughBehindAnotherWayOrByAnotherMachine() {
        told = new LocalPlace(told.machine(), told.port() + 1, told.socket(), told.key());
        warmUp();
        assertThat(ask(client, "").thread()).doesNotStartWith(SOCKET);
        LocalPlace right = door.place();
        for (LocalPlace wrong : List.of(
                new LocalPlace("elsewhere", right.port(), right.socket(), right.key()),
                new LocalPlace(right.machine(), right.port(), right.socket(), "(dev=1,ino=1)"),
                new LocalPlace(right.machine(), right.port(), data + "/none", right.key()))) {
            told = wrong;
            try (GridClient other = connect(ClientOptions.DEFAULT)) {
                for (int i = 0; i < FEW + 3; i++) {
                    assertThat(ask(other, "").thread()).doesNotStartWith(SOCKET);
                }
            }
        }
    }

    @Test
    void isShutWhereTheNodeTakesNoCalls() {
        warmUp();
        gate.stop();
        assertThatThrownBy(() -> client.action("grid.status", Map.of(), Void.class))
                .hasMessageContaining("node is stopping");
    }

    private void warmUp() {
        for (int i = 0; i < FEW; i++) {
            Seen unused = ask(client, "");
        }
    }

    private static Seen ask(GridClient client, String body) {
        return client.action("see", new Ask(0, body), Seen.class);
    }

    private GridException failure() {
        try {
            client.action("fail", Map.of(), Void.class);
        } catch (GridException e) {
            return e;
        }
        throw new AssertionError("it was answered");
    }

    private byte[] answer(CallContext context, String action, byte[] json) {
        switch (action) {
            case "see" -> {}
            case "wait" -> {
                begun.countDown();
                await();
            }
            default -> throw new GridException(ErrorCode.NOT_FOUND, "no such file", "/a/b", "look beside it", null);
        }
        Ask ask = action.equals("see") ? Json.read(json, Ask.class) : new Ask(0, "");
        return Json.write(new Seen(
                Thread.currentThread().getName(),
                context.caller().name(),
                context.caller().tenant(),
                context.qos().name(),
                context.requestId(),
                json.length,
                ask.bytes() > 0 ? "y".repeat(ask.bytes()) : ask.body()));
    }

    private void await() {
        try {
            waits.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void byNetwork(ActionRequest request, StreamObserver<byte[]> answer) {
        try {
            answer.onNext(answer(CallContexts.current(), request.action(), request.json()));
            answer.onCompleted();
        } catch (GridException e) {
            answer.onError(GridErrors.asStatusException(e, null, null));
        }
    }

    private void find(Frame asked, StreamObserver<Frame> answer) {
        asked.release();
        answer.onNext(Frame.Control.of(told));
        answer.onCompleted();
    }
}
