package io.swarmgrid.storage.mounted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.OuterConfig;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.mounted.Outside.Place;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.outer.MemoryProvider;
import io.swarmgrid.storage.outer.MemoryStore;
import io.swarmgrid.storage.outer.OuterStores;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is put below a mount that is written to. */
final class OuterWritesTest {
    private static final String URI = "memory://writes";
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final MemoryStore outer = MemoryProvider.make("writes");
    private final OuterConfig config = SwarmConfig.defaults()
            .with(Map.of(
                    "storage.outer.allowed",
                    URI,
                    "storage.outer.patience",
                    PATIENCE.toSeconds() + "s",
                    "storage.outer.status-ttl",
                    "1h"))
            .storage()
            .outer();
    private final OuterStores stores = new OuterStores(config);
    private final TestGate gate = new TestGate();
    private final Outside outside =
            new Outside(new WrittenMount(GridPath.parse("/m"), URI), stores, config, gate, System::nanoTime);

    @AfterEach
    void close() {
        stores.close();
    }

    private Place place(String within) {
        return outside.changes().place(GridPath.parse("/m/" + within)).orElseThrow();
    }

    private FileWriter begin(String within) {
        return outside.changes().put(place(within), PutOptions.create("ada"));
    }

    private FileStatus put(String within, int bytes) {
        try (FileWriter file = begin(within)) {
            file.write(Unpooled.wrappedBuffer(new byte[bytes]));
            return file.commit();
        }
    }

    private static ErrorCode code(ThrowingCallable call) {
        return catchThrowableOfType(GridException.class, call).code();
    }

    /** Nothing happens for so long, and whoever is told to stop does. */
    private static void spend(Duration time) {
        try {
            assertThat(new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS))
                    .isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.UNAVAILABLE, "was told to stop", e);
        }
    }

    /** Who is told to stop does not. */
    private static void awaitInAnyCase(CountDownLatch latch) {
        boolean told = false;
        for (boolean over = false; !over; ) {
            try {
                latch.await();
                over = true;
            } catch (InterruptedException e) {
                told = true;
            }
        }
        if (told) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsChangedIsKnownUntilItHasEndedAlsoWhereNobodyWaitsForItAnyMore() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        outer.write("a", new byte[1]);
        outer.before("rename", () -> {
            begun.countDown();
            awaitInAnyCase(end);
        });
        assertThat(code(() -> outside.changes().rename(place("a"), place("b"), false)))
                .isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
        begun.await();
        assertThat(gate.inside())
                .as("the grid must not say that nothing changes any more")
                .isEqualTo(1);
        end.countDown();
        org.awaitility.Awaitility.await().until(() -> gate.inside() == 0);
    }

    @Test
    void nothingIsChangedWhileTheGateIsShut() {
        outer.write("a", new byte[1]);
        FileWriter file = begin("new");
        gate.shut();
        assertThat(code(file::commit)).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        file.close();
        assertThat(code(() -> begin("other"))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(code(() -> outside.changes().remove(place("a"), false))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(code(() -> outside.changes().rename(place("a"), place("b"), false)))
                .isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(code(() -> outside.changes().makeDirectory(place("d"), Parents.MAKE)))
                .isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(outer.names()).containsExactly("a");
    }

    @Test
    void whatBecomesOfAChangeKeepsNobodyFromReading() {
        outer.write("d/a", new byte[1]);
        outer.before("remove", () -> spend(PATIENCE.multipliedBy(2)));
        assertThat(code(() -> outside.changes().remove(place("d"), true))).isEqualTo(ErrorCode.UNAVAILABLE);
        outer.write("d/b", new byte[2]);
        assertThat(outside.require(place("d/b")).sizeBytes()).isEqualTo(2);
    }

    @Test
    void whatWasBegunIsEndedAlsoWhileTheStoreIsLeftInPeace() {
        outer.write("a", new byte[1]);
        FileWriter file = begin("new");
        file.write(Unpooled.wrappedBuffer(new byte[10]));
        outer.down(true);
        assertThat(code(() -> outside.require(place("a")))).isEqualTo(ErrorCode.UNAVAILABLE);
        outer.down(false);
        assertThat(code(() -> outside.require(place("a"))))
                .as("it is not asked for a second")
                .isEqualTo(ErrorCode.UNAVAILABLE);
        file.close();
        awaitNothingOpen();
        assertThat(outer.names()).containsExactly("a");
    }

    @Test
    void aFileGoesOnWhileTheStoreIsLeftInPeace() {
        FileWriter file = begin("new");
        outer.down(true);
        assertThat(code(() -> outside.require(place("a")))).isEqualTo(ErrorCode.UNAVAILABLE);
        outer.down(false);
        file.write(Unpooled.wrappedBuffer(new byte[10]));
        assertThat(file.commit().sizeBytes()).isEqualTo(10);
        file.close();
        assertThat(outer.names()).containsExactly("new");
    }

    @Test
    void whatIsBegunTooLateIsEndedAllTheSame() {
        CountDownLatch end = new CountDownLatch(1);
        outer.after("create", () -> awaitInAnyCase(end));
        assertThat(code(() -> begin("new"))).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(outer.open()).isEqualTo(1);
        end.countDown();
        awaitNothingOpen();
    }

    private void awaitNothingOpen() {
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(outer.open()).isZero());
    }

    @Test
    void aLookThatCannotBeHadDoesNotMakeAPutAFailure() {
        outer.after("commit", () -> outer.down(true));
        assertThat(code(() -> put("a", 10))).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
        outer.down(false);
        assertThat(outer.names()).containsExactly("a");
    }

    @Test
    void aStoreThatTakesNothingIsReadAllTheSame() {
        outer.write("a", new byte[1]);
        outer.before("create", () -> {
            throw new GridException(ErrorCode.UNAVAILABLE, "a mistake that it has no name for");
        });
        assertThat(code(() -> begin("new"))).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(outside.require(place("a")).sizeBytes()).isEqualTo(1);
    }

    @Test
    void theEndOfAFileMayTakeLongerThanAnAnswer() {
        outer.before("commit", () -> spend(PATIENCE.multipliedBy(2)));
        assertThat(put("sets/a", 10).sizeBytes()).isEqualTo(10);
        assertThat(outer.open()).isZero();
    }
}
