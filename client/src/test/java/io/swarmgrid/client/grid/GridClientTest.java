package io.swarmgrid.client.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GridClientTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static final String NOBODY = "127.0.0.1:1";
    private static final FileStatus STATUS =
            new FileStatus("/a", EntryKind.FILE, 7, 3, 1, 1, 2, "local", 2, "sealed", null);

    private Door door;
    private Door other;

    @BeforeEach
    void open() throws IOException {
        door = new Door().on("fs.stat", body -> STATUS);
        other = new Door().on("fs.stat", body -> STATUS);
    }

    @AfterEach
    void close() {
        door.close();
        other.close();
    }

    @Test
    void asksTheNextNodeWhereOneRefuses() {
        try (GridClient client = client(NOBODY, door.address())) {
            assertThat(stat(client)).isEqualTo(STATUS);
            assertThat(stat(client)).isEqualTo(STATUS);
        }
        assertThat(door.seenActions()).containsExactly("fs.stat", "fs.stat");
    }

    @Test
    void asksTheNextNodeWhereOneIsSilent() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                GridClient client = GridClient.connect(
                        List.of("127.0.0.1:" + silent.getLocalPort(), door.address()),
                        ClientOptions.DEFAULT.withConnectTimeout(Duration.ofMillis(200)))) {
            assertThat(stat(client)).isEqualTo(STATUS);
        }
    }

    @Test
    void namesEveryNodeAndTheTimeWhereNoneAnswers() {
        try (GridClient client = client(NOBODY, "127.0.0.1:2")) {
            GridException error = catchThrowableOfType(GridException.class, () -> stat(client));

            assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(error)
                    .hasMessageMatching("no node of the grid answers: 127.0.0.1:1: connection refused; "
                            + "127.0.0.1:2: connection refused; tried for \\d+ ms");
        }
    }

    @Test
    void sharesItsTimeAmongNodesThatHang() {
        CountDownLatch end = new CountDownLatch(1);
        Function<byte[], Object> hang = body -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return STATUS;
        };
        door.on("fs.stat", hang);
        try (GridClient client = GridClient.connect(
                List.of(door.address(), other.address()), ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(2)))) {
            assertThat(stat(client)).as("from the other one").isEqualTo(STATUS);
            other.on("fs.stat", hang);
            long beganNanos = System.nanoTime();
            assertThatThrownBy(() -> stat(client))
                    .hasMessageContaining("no node of the grid answers: ")
                    .hasMessageContaining(door.address() + ": no answer in time")
                    .hasMessageContaining(other.address() + ": no answer in time");
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos))
                    .isBetween(Duration.ofMillis(1_900), Duration.ofMillis(2_900));
        } finally {
            end.countDown();
        }
    }

    @Test
    void tellsWhatTheGridAnswered() {
        door.on("fs.stat", body -> {
            throw GridException.notFound(GridPath.parse("/lakee"), "did you mean /lake?");
        });
        try (GridClient client = client(door.address(), other.address())) {
            GridException error = catchThrowableOfType(GridException.class, () -> stat(client));

            assertThat(error).hasMessage("not found: /lakee");
            assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(error.path()).isEqualTo("/lakee");
            assertThat(error.hint()).isEqualTo("did you mean /lake?");
        }
        assertThat(other.seenActions()).isEmpty();
    }

    @Test
    void repeatsAReadThatTheGridCannotAnswerYet() {
        AtomicInteger calls = new AtomicInteger();
        door.on("fs.stat", body -> {
            if (calls.incrementAndGet() < 3) {
                throw new GridException(ErrorCode.UNAVAILABLE, "node is starting");
            }
            return STATUS;
        });
        try (GridClient client = client(door.address())) {
            assertThat(stat(client)).isEqualTo(STATUS);
        }
        assertThat(calls).hasValue(3);
    }

    @Test
    void givesUpARepeatedReadWithTheGridsOwnWords() {
        door.on("fs.stat", body -> {
            throw new GridException(ErrorCode.NO_QUORUM, "no quorum: 1 of 3 nodes");
        });
        try (GridClient client = GridClient.connect(List.of(door.address()), ClientOptions.DEFAULT.withRetries(1))) {
            assertThatThrownBy(() -> stat(client))
                    .isInstanceOf(GridException.class)
                    .hasMessage("no quorum: 1 of 3 nodes");
        }
        assertThat(door.seenActions()).hasSize(2);
    }

    @Test
    void doesNotRepeatAChangeThatMayHaveBeenMade() {
        door.on("fs.mkdir", body -> {
            throw Door.brokenConnection();
        });
        other.on("fs.mkdir", body -> STATUS);
        try (GridClient client = client(door.address(), other.address())) {
            GridException error = catchThrowableOfType(
                    GridException.class,
                    () -> client.action("fs.mkdir", new MakeDirectory("/a", false), FileStatus.class));

            assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
            assertThat(error).hasMessageStartingWith("fs.mkdir may have been applied: " + door.address());
        }
        assertThat(other.seenActions()).isEmpty();
    }

    @Test
    void repeatsAChangeThatHappensOnce() {
        door.on("fs.remove", body -> {
            throw Door.brokenConnection();
        });
        other.on("fs.remove", body -> new Removed(true));
        try (GridClient client = client(door.address(), other.address())) {
            assertThat(client.action("fs.remove", new Remove("/a", false, "op-1"), Removed.class))
                    .isEqualTo(new Removed(true));
        }
        assertThat(door.seenActions()).hasSize(1);
        assertThat(other.seenActions()).hasSize(1);
    }

    @Test
    void saysThatAChangeMayHaveBeenMadeWhereItsAnswerWasLostAndNobodyElseCouldTell() {
        door.on("fs.remove", body -> {
            throw Door.brokenConnection();
        });
        other.on("fs.remove", body -> {
            throw new GridException(ErrorCode.NO_QUORUM, "no quorum: 1 of 3 nodes");
        });
        ClientOptions once = ClientOptions.DEFAULT.withRetries(0);
        try (GridClient client = GridClient.connect(List.of(door.address(), other.address()), once)) {
            GridException error = catchThrowableOfType(
                    GridException.class,
                    () -> client.action("fs.remove", new Remove("/a", false, "op-1"), Removed.class));

            assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
            assertThat(error).hasMessage("fs.remove may have been applied: no quorum: 1 of 3 nodes");
        }
    }

    @Test
    void leavesNoOutcomeOpenWhereNothingWasToBeChanged() {
        door.on("fs.stat", body -> {
            throw Door.brokenConnection();
        });
        ClientOptions once = ClientOptions.DEFAULT.withRetries(0);
        try (GridClient client = GridClient.connect(List.of(door.address()), once)) {
            GridException error = catchThrowableOfType(GridException.class, () -> stat(client));

            assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(error).hasMessageStartingWith("no node of the grid answers: ");
        }
    }

    @Test
    void takesAChangeToTheNextNodeWhereTheFirstSaysThatItChangedNothing() {
        door.on("fs.mkdir", body -> {
            throw new GridException(ErrorCode.UNAVAILABLE, "node is starting");
        });
        other.on("fs.mkdir", body -> STATUS);
        try (GridClient client = client(door.address(), other.address())) {
            assertThat(client.action("fs.mkdir", new MakeDirectory("/a", false), FileStatus.class))
                    .isEqualTo(STATUS);
        }
    }

    @Test
    void refusesAnAnswerWithUnknownFields() {
        door.on("fs.stat", body -> List.of(1));
        try (GridClient client = client(door.address())) {
            assertThatThrownBy(() -> stat(client))
                    .isInstanceOf(GridException.class)
                    .hasMessageContaining("JSON does not fit");
        }
    }

    @Test
    void sendsItsHeadersWithEveryCall() {
        ClientOptions options = ClientOptions.DEFAULT
                .withToken(() -> "secret")
                .withQos(QosClass.BULK)
                .withTrace(new Traceparent(TRACE));
        try (GridClient client = GridClient.connect(List.of(door.address()), options)) {
            stat(client);
            stat(client);
        }
        assertThat(door.seenHeaders()).hasSize(2).allSatisfy(headers -> {
            assertThat(headers.get("authorization")).isEqualTo("Bearer secret");
            assertThat(headers.get("x-swarm-qos")).isEqualTo("bulk");
            assertThat(headers.get("traceparent")).isEqualTo(TRACE);
        });
        assertThat(door.seenHeaders().stream()
                        .map(headers -> headers.get("x-swarm-request-id"))
                        .distinct())
                .hasSize(2)
                .doesNotContainNull();
    }

    @Test
    void refusesToConnectToNothing() {
        assertThatThrownBy(() -> client()).isInstanceOf(GridException.class).hasMessageContaining("no address");
    }

    private static FileStatus stat(GridClient client) {
        return client.action("fs.stat", new PathRequest("/a"), FileStatus.class);
    }

    private static GridClient client(String... addresses) {
        return GridClient.connect(List.of(addresses), ClientOptions.DEFAULT);
    }
}
