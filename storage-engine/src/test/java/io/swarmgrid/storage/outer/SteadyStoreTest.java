package io.swarmgrid.storage.outer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SteadyStoreTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private final List<Long> pauses = new ArrayList<>();
    private final Flaky flaky = new Flaky();
    private final SteadyStore store = new SteadyStore(
            "file:///data",
            flaky,
            PATIENCE,
            2,
            new SteadyStore.Time(nanos::get, () -> START.plusNanos(nanos.get()), new Random(1), pause -> {
                pauses.add(pause);
                nanos.addAndGet(pause);
            }));

    /** Fails so many times, then answers. */
    private static final class Flaky implements OuterStore {
        private final AtomicLong failures = new AtomicLong();
        private final AtomicLong asked = new AtomicLong();
        private ErrorCode code = ErrorCode.UNAVAILABLE;

        @Override
        public Optional<OuterEntry> find(String path) {
            asked.incrementAndGet();
            if (failures.getAndDecrement() > 0) {
                throw new GridException(code, "no route to it");
            }
            return Optional.empty();
        }

        @Override
        public void list(String path, Consumer<OuterEntry> each) {
            throw new AssertionError("not asked");
        }

        @Override
        public OuterBytes open(String path, OuterEntry version) {
            throw new AssertionError("not asked");
        }

        @Override
        public void close() {
            // Nothing.
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Optional<OuterEntry> find() {
        return store.ask(each -> each.find("a"));
    }

    private GridException refusal() {
        return catchThrowableOfType(GridException.class, this::find);
    }

    @Test
    void asksAgainWithPausesThatGrow() {
        flaky.failures.set(4);
        assertThat(find()).isEmpty();
        assertThat(flaky.asked).hasValue(5);
        assertThat(pauses).hasSize(4);
        for (int i = 0; i < pauses.size(); i++) {
            long most = Duration.ofMillis(100L << i).toNanos();
            assertThat(pauses.get(i)).isBetween(most / 2, most);
        }
    }

    @Test
    void asksOnceWhatMustNotBeDoneTwice() {
        flaky.failures.set(1);
        GridException error =
                catchThrowableOfType(GridException.class, () -> store.once(each -> each.find("a"), late -> {}));
        assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
        assertThat(error).hasMessageContaining("uri=file:///data");
        assertThat(flaky.asked).hasValue(1);
        Optional<OuterEntry> found = store.once(each -> each.find("a"), late -> {});
        assertThat(found).isEmpty();
        assertThat(flaky.asked).hasValue(2);
    }

    @Test
    void saysThatAClassIsMissing() {
        GridException error = catchThrowableOfType(
                GridException.class,
                () -> store.ask(each -> {
                    throw new NoClassDefFoundError("software/amazon/awssdk/Some");
                }));
        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(error).hasMessageContaining("software/amazon/awssdk/Some");
        assertThat(error.hint()).contains("deploy/hadoop/pom.xml");
    }

    @Test
    void reportsWhatCannotBeReachedWhenItsPatienceEnds() {
        flaky.failures.set(Long.MAX_VALUE);
        GridException error = refusal();
        assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(error)
                .hasMessage("the outer store does not answer: uri=file:///data, attempts=" + flaky.asked
                        + ", since=2026-01-01T00:00:00Z, last error: no route to it");
        assertThat(nanos.get()).isLessThanOrEqualTo(PATIENCE.toNanos());
        assertThat(flaky.asked.get()).isGreaterThan(4);
    }

    @Test
    void refusesAtOnceWhileASilentStoreIsLeftInPeace() {
        flaky.failures.set(Long.MAX_VALUE);
        refusal();
        long asked = flaky.asked.get();
        GridException error = refusal();
        assertThat(error).hasMessageContaining("attempts=" + asked).hasMessageContaining("since=2026-01-01T00:00:00Z");
        assertThat(error.hint()).startsWith("it is asked again in ");
        assertThat(flaky.asked).hasValue(asked);
    }

    @Test
    void asksASilentStoreOnceAfterEachRest() {
        flaky.failures.set(Long.MAX_VALUE);
        refusal();
        long asked = flaky.asked.get();
        for (int i = 0; i < 8; i++) {
            nanos.addAndGet(Duration.ofSeconds(Math.min(30, 1L << i)).toNanos());
            refusal();
            assertThat(flaky.asked).as("after rest %d", i).hasValue(asked + i + 1);
        }
    }

    @Test
    void goesOnOnceTheStoreAnswers() {
        flaky.failures.set(Long.MAX_VALUE);
        refusal();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        flaky.failures.set(0);
        assertThat(find()).isEmpty();
        flaky.failures.set(2);
        assertThat(find()).as("with all its patience again").isEmpty();
    }

    @Test
    void doesNotAskAgainForWhatTheStoreHasAnswered() {
        flaky.failures.set(1);
        flaky.code = ErrorCode.PERMISSION_DENIED;
        assertThat(refusal().code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(flaky.asked).hasValue(1);
        assertThat(find()).isEmpty();
    }

    @Test
    void refusesMoreThanMayBeAskedAtATime() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch end = new CountDownLatch(1);
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Thread thread = new Thread(() -> store.ask(each -> {
                begun.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return "";
            }));
            thread.start();
            busy.add(thread);
        }
        begun.await();
        assertThat(refusal().code()).isEqualTo(ErrorCode.OVERLOADED);
        end.countDown();
        for (Thread thread : busy) {
            thread.join();
        }
        assertThat(find()).isEmpty();
    }

    @Test
    void hasPatienceAnewForEachOfSeveralAnswers() {
        flaky.failures.set(1);
        Duration almost = PATIENCE.multipliedBy(9).dividedBy(10);
        Optional<OuterEntry> last = store.askOn((each, came) -> {
            for (int i = 0; i < 3; i++) {
                nanos.addAndGet(almost.toNanos());
                came.run();
            }
            return each.find("a");
        });
        assertThat(last).isEmpty();
        assertThat(flaky.asked).hasValue(2);
        flaky.failures.set(2);
        GridException error = catchThrowableOfType(
                GridException.class,
                () -> store.askOn((each, came) -> {
                    came.run();
                    nanos.addAndGet(PATIENCE.toNanos());
                    return each.find("a");
                }));
        assertThat(error.code()).as("nothing came for so long").isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void anAnswerIsTakenByWhoeverAskedOrByWhoTakesThoseThatComeTooLate() throws InterruptedException {
        int rounds = 20_000;
        AtomicLong given = new AtomicLong();
        AtomicLong late = new AtomicLong();
        AtomicLong round = new AtomicLong();
        Thread asks = Thread.currentThread();
        Random random = new Random(3);
        Thread disturbs = new Thread(() -> {
            for (long now = round.get(); now < rounds; now = round.get()) {
                for (int spins = random.nextInt(2000); spins > 0 && round.get() == now; spins--) {
                    Thread.onSpinWait();
                }
                asks.interrupt();
            }
        });
        disturbs.start();
        long taken = 0;
        for (int i = 0; i < rounds; i++) {
            try {
                store.change(each -> given.incrementAndGet(), tooLate -> late.incrementAndGet());
                taken++;
            } catch (GridException e) {
                assertThat(e.code()).isIn(ErrorCode.CANCELLED, ErrorCode.OVERLOADED);
            }
            round.incrementAndGet();
            Thread.interrupted();
        }
        boolean ended = false;
        while (!ended) {
            try {
                disturbs.join();
                ended = true;
            } catch (InterruptedException e) {
                Thread.interrupted(); // one of those that were meant for a call
            }
        }
        Thread.interrupted();
        long known = taken;
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(known + late.get()).isEqualTo(given.get()));
    }

    @Test
    void waitsForAStoreThatHangsNoLongerThanItsPatience() {
        SteadyStore impatient = new SteadyStore(
                "file:///data", flaky, Duration.ofMillis(20), 2, SteadyStore.Time.ofMachine(new Random(2)));
        CountDownLatch never = new CountDownLatch(1);
        GridException error = catchThrowableOfType(
                GridException.class,
                () -> impatient.ask(each -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // as it is told to
                    }
                    return "";
                }));
        assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(error).hasMessageContaining("no answer in 20 ms");
        impatient.close();
    }
}
