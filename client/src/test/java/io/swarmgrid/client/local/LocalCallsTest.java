package io.swarmgrid.client.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.LocalPlace;
import io.swarmgrid.client.bytes.MachineId;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.net.GridErrors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that takes connections and does what a test says, mostly nothing. */
class LocalCallsTest {
    private static final ActionRequest ASKED = new ActionRequest("fs.stat", new byte[] {'{', '}'});

    @TempDir
    private Path data;

    private final Channels channels = new Channels(ChannelSecurity.NONE);
    private final AtomicInteger found = new AtomicInteger();
    /** Once it has told where its socket is. */
    private volatile boolean silentSoon;

    private volatile boolean refusingSoon;
    private ServerSocketChannel socket;
    private Server network;
    private LocalCalls calls;

    @BeforeEach
    void start() throws IOException {
        socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path()));
        network = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.FIND_LOCAL, ServerCalls.asyncUnaryCall(this::find))
                        .build())
                .build()
                .start();
        calls = new LocalCalls(channels, location -> true, Map::of, Duration.ofMillis(200), Duration.ofMillis(500));
    }

    @AfterEach
    void stop() throws Exception {
        calls.close();
        channels.close();
        socket.close();
        network.shutdownNow();
        assertThat(network.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void givesUpANodeThatIsSilentAltogether() throws Exception {
        Thread node = new Thread(() -> greet(LocalSocket.HELLO));
        node.start();
        ask();
        silentSoon = true;
        assertThatThrownBy(this::call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                .hasMessageContaining("the node is silent");
        node.join();
        assertThat(call()).isNull();
    }

    @Test
    void waitsForANodeThatSaysThatItIsThere() throws Exception {
        Thread node = new Thread(() -> greet(LocalSocket.HELLO));
        node.start();
        ask();
        refusingSoon = true; // a word of its own all the same
        assertThatThrownBy(this::call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> assertThat(
                        e.getStatus().getCode())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        node.join();
        assertThat(found.get()).isGreaterThan(2);
    }

    @Test
    void leavesToTheNetworkWhatDoesNotSpeakItsLanguage() throws Exception {
        Thread node = new Thread(() -> greet(LocalSocket.HELLO + 1));
        node.start();
        ask();
        assertThat(call()).isNull();
        node.join();
        assertThat(call()).isNull();
    }

    @Test
    void doesNotWaitWhereNobodyIsTakenIn() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                            waiting.add(channel);
                            channel.configureBlocking(false);
                            channel.connect(UnixDomainSocketAddress.of(path()));
                        }
                    })
                    .isInstanceOf(IOException.class);
            ask();
            assertThat(call()).isNull(); // a connection that waited for its turn would wait for ever
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    @Test
    void usesAnotherConnectionWhereTheOneThatWasKeptIsBroken() throws Exception {
        CountDownLatch broken = new CountDownLatch(1);
        Thread node = new Thread(() -> {
            for (int i = 0; i < 2; i++) {
                answerOnce();
                broken.countDown();
            }
        });
        node.start();
        ask();
        assertThat(call()).isEqualTo(new byte[] {'{', '}'});
        broken.await();
        assertThat(call()).isEqualTo(new byte[] {'{', '}'});
        node.join();
    }

    /** And closes the connection. */
    private void answerOnce() {
        try (LocalSocket caller = new LocalSocket(socket.accept())) {
            caller.greet();
            assertThat(caller.receive(1000)).isNotNull();
            caller.send(LocalRequest.DONE, new byte[] {'{', '}'});
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void leavesToTheNetworkWhatIsNotHere() {
        try (LocalCalls elsewhere = new LocalCalls(channels, location -> false, Map::of)) {
            for (int i = 0; i < 10; i++) {
                assertThat(elsewhere.call(location(), ASKED, CallHeaders.NONE, Duration.ofSeconds(3)))
                        .isNull();
            }
        }
        assertThat(found).hasValue(0);
    }

    /** As often as it takes until the socket is looked for. */
    private void ask() {
        for (int i = 0; i < 3; i++) {
            assertThat(call()).isNull();
        }
    }

    private byte @Nullable [] call() {
        return calls.call(location(), ASKED, CallHeaders.NONE, Duration.ofSeconds(3));
    }

    private String location() {
        return "grpc://127.0.0.1:" + network.getPort();
    }

    private Path path() {
        return data.resolve("door");
    }

    private void greet(int word) {
        try {
            SocketChannel unused = socket.accept();
            unused.write(ByteBuffer.allocate(Integer.BYTES).putInt(word).flip());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void find(Frame asked, StreamObserver<Frame> answer) {
        asked.release();
        boolean first = found.incrementAndGet() == 1;
        if (silentSoon && !first) {
            return;
        }
        if (refusingSoon && !first) {
            answer.onError(GridErrors.asStatusException(
                    new GridException(ErrorCode.UNAVAILABLE, "the node is stopping"), null, null));
            return;
        }
        try {
            answer.onNext(Frame.Control.of(new LocalPlace(
                    MachineId.own().orElseThrow(),
                    network.getPort(),
                    path().toString(),
                    Objects.requireNonNull(MachineId.fileKey(path())))));
            answer.onCompleted();
        } catch (IOException e) {
            answer.onError(e);
        }
    }
}
