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
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.outer.MemoryProvider;
import io.swarmgrid.storage.outer.MemoryStore;
import io.swarmgrid.storage.outer.OuterStores;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
        return put(within, bytes, PutOptions.create("ada"));
    }

    private FileStatus put(String within, int bytes, PutOptions options) {
        try (FileWriter file = outside.changes().put(place(within), options)) {
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
        assertThat(code(() -> outside.changes().rename(place("a"), place("b"), false, null)))
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
        assertThat(code(() -> outside.changes().remove(place("a"), false, null)))
                .isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(code(() -> outside.changes().rename(place("a"), place("b"), false, null)))
                .isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(code(() -> outside.changes().makeDirectory(place("d"), Parents.MAKE)))
                .isEqualTo(ErrorCode.PRECONDITION_FAILED);
        assertThat(outer.names()).containsExactly("a");
    }

    @Test
    void whatBecomesOfAChangeKeepsNobodyFromReading() {
        outer.write("d/a", new byte[1]);
        outer.before("remove", () -> spend(PATIENCE.multipliedBy(2)));
        assertThat(code(() -> outside.changes().remove(place("d"), true, null))).isEqualTo(ErrorCode.UNAVAILABLE);
        outer.write("d/b", new byte[2]);
        assertThat(outside.require(place("d/b")).sizeBytes()).isEqualTo(2);
    }

    @Test
    void aChangeThatIsAskedForAgainIsNotDoneAgain() {
        OperationId rename = new OperationId("rename-1");
        outer.write("a", new byte[1]);
        FileStatus first = outside.changes().rename(place("a"), place("b"), false, rename);
        outer.write("a", new byte[2]);
        assertThat(outside.changes().rename(place("a"), place("b"), false, rename))
                .isEqualTo(first);
        assertThat(outer.names()).as("another's file stays where it is").containsExactly("a", "b");

        OperationId removal = new OperationId("remove-1");
        assertThat(outside.changes().remove(place("a"), false, removal)).isTrue();
        outer.write("a", new byte[3]);
        assertThat(outside.changes().remove(place("a"), false, removal)).isTrue();
        assertThat(outer.names()).as("another's file stays").containsExactly("a", "b");

        PutOptions put = PutOptions.create("ada").overwriting().operation(new OperationId("put-1"));
        FileStatus stored = put("c", 10, put);
        outer.write("c", new byte[20]);
        assertThat(put("c", 10, put)).isEqualTo(stored);
        outside.forget(place("c"));
        assertThat(outside.require(place("c")).sizeBytes())
                .as("what came between")
                .isEqualTo(20);
    }

    @Test
    void aRemovalThatIsTriedAgainRemovesOnlyWhatItSawFirst() {
        OperationId removal = new OperationId("remove-2");
        outer.write("a", new byte[1]);
        outer.after("remove", () -> {
            throw new GridException(ErrorCode.UNAVAILABLE, "the answer is lost");
        });
        // Tried again for as long as there is patience: from the second time on there is nothing.
        assertThat(outside.changes().remove(place("a"), false, removal)).isTrue();

        outer.write("a", new byte[2]);
        outer.before("remove", () -> {
            throw new GridException(ErrorCode.UNAVAILABLE, "nobody is there");
        });
        OperationId other = new OperationId("remove-3");
        assertThat(code(() -> outside.changes().remove(place("a"), false, other)))
                .isEqualTo(ErrorCode.UNAVAILABLE);
        outer.before("remove", () -> {});
        outer.after("remove", () -> {});
        outer.write("a", new byte[3]);
        assertThat(outside.changes().remove(place("a"), false, other)).isTrue();
        assertThat(outer.names()).as("another version than was seen").containsExactly("a");
    }

    @Test
    void aRenameOfWhichNobodyKnowsWhetherItWasDoneIsNotCalledAMistake() {
        OperationId rename = new OperationId("rename-2");
        outer.write("a", new byte[1]);
        outer.after("rename", () -> {
            throw new GridException(ErrorCode.UNAVAILABLE, "the answer is lost");
        });
        for (int i = 0; i < 2; i++) {
            assertThat(code(() -> outside.changes().rename(place("a"), place("b"), false, rename)))
                    .as("time %d", i)
                    .isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
        }
        assertThat(outer.names()).containsExactly("b");
    }

    @Test
    void aPutWhoseEndCameLateIsToldAsDone() {
        PutOptions options = PutOptions.create("ada").operation(new OperationId("put-2"));
        CountDownLatch end = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        outer.before("commit", () -> {
            if (first.getAndSet(false)) {
                awaitInAnyCase(end);
            }
        });
        assertThat(code(() -> put("a", 10, options))).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
        FileWriter again = outside.changes().put(place("a"), options);
        again.write(Unpooled.wrappedBuffer(new byte[10]));
        end.countDown();
        org.awaitility.Awaitility.await().until(() -> outer.names().equals(java.util.List.of("a")));
        org.awaitility.Awaitility.await().until(() -> gate.inside() == 0);
        assertThat(again.commit().sizeBytes()).isEqualTo(10);
        again.close();
        awaitNothingOpen();
    }

    @Test
    void whatWasSeenBeforeAChangeThatCameLateIsSeenNoMore() {
        outer.write("a", new byte[1]);
        CountDownLatch end = new CountDownLatch(1);
        outer.before("rename", () -> awaitInAnyCase(end));
        assertThat(code(() -> outside.changes().rename(place("a"), place("b"), false, null)))
                .isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
        assertThat(outside.find(place("a"))).isPresent();
        assertThat(outside.find(place("b"))).isEmpty();
        end.countDown();
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(outside.find(place("b"))).isPresent());
        assertThat(outside.find(place("a"))).isEmpty();

        CountDownLatch second = new CountDownLatch(1);
        outer.before("commit", () -> awaitInAnyCase(second));
        assertThat(code(() -> put("c", 10))).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
        assertThat(outside.find(place("c"))).isEmpty();
        second.countDown();
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(outside.find(place("c"))).isPresent());
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
