package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.storage.namespace.ignite.AllowanceStep.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many look at a full quota while many ask for it. */
final class QuotaLooksTest {
    private static final long QUOTA = 77;
    private static final long FOR_EVER_MS = 1_000_000;
    private static final Amount ONE = new Amount(1, 1);
    private static final Amount LIMITS = new Amount(100, 100);
    private static final QuotaLooks.State FULL = new QuotaLooks.State(new Amount(100, 7), LIMITS);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger looked = new AtomicInteger();
    private final AtomicInteger changed = new AtomicInteger();
    private final CountDownLatch looking = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterEach
    void stopThreads() {
        goOn.countDown();
        threads.shutdownNow();
    }

    private Answer ask(QuotaLooks looks, QuotaLooks.State state) {
        return looks.ask(QUOTA, ONE, () -> look(state), () -> {
            changed.incrementAndGet();
            return Answer.ALLOWED;
        });
    }

    /** The first one stays until it may go on. */
    private QuotaLooks.State look(QuotaLooks.State state) {
        looked.incrementAndGet();
        looking.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return state;
    }

    private List<Future<Answer>> askersBehindTheFirst(QuotaLooks looks, QuotaLooks.State state, int count)
            throws InterruptedException {
        List<Future<Answer>> askers = new ArrayList<>();
        askers.add(threads.submit(() -> ask(looks, FULL)));
        looking.await();
        for (int i = 1; i <= count; i++) {
            askers.add(threads.submit(() -> ask(looks, state)));
            while (looks.waiting() < i) {
                Thread.onSpinWait();
            }
        }
        return askers;
    }

    @Test
    void oneLookRefusesAllWhoCameBeforeIt() throws Exception {
        QuotaLooks looks = new QuotaLooks(FOR_EVER_MS);
        List<Future<Answer>> askers = askersBehindTheFirst(looks, FULL, QuotaLooks.MAX_WAITING);
        goOn.countDown();
        for (Future<Answer> each : askers) {
            assertThat(each.get()).isEqualTo(Answer.refused(FULL));
        }
        assertThat(looked.get())
                .as("the first one's, and one for all who came while that was under way")
                .isEqualTo(2);
        assertThat(changed.get()).isZero();
    }

    /** What the first look saw was before they came: something was taken back since then. */
    @Test
    void nobodyIsRefusedForWhatWasSeenBeforeHeCame() throws Exception {
        QuotaLooks looks = new QuotaLooks(FOR_EVER_MS);
        QuotaLooks.State less = new QuotaLooks.State(new Amount(50, 7), LIMITS);
        List<Future<Answer>> askers = askersBehindTheFirst(looks, less, 2);
        goOn.countDown();
        assertThat(askers.get(0).get()).isEqualTo(Answer.refused(FULL));
        assertThat(askers.get(1).get()).isEqualTo(Answer.ALLOWED);
        assertThat(askers.get(2).get()).isEqualTo(Answer.ALLOWED);
        assertThat(changed.get()).isEqualTo(2);
    }

    @Test
    void fewWaitAndTheOthersAskAgain() throws Exception {
        QuotaLooks looks = new QuotaLooks(FOR_EVER_MS);
        List<Future<Answer>> askers = askersBehindTheFirst(looks, FULL, QuotaLooks.MAX_WAITING);
        assertThatThrownBy(() -> ask(looks, FULL)).isInstanceOf(StaleException.class);
        assertThat(looks.waiting()).isEqualTo(QuotaLooks.MAX_WAITING);
        goOn.countDown();
        for (Future<Answer> each : askers) {
            each.get();
        }
        assertThat(looks.waiting()).isZero();
    }

    @Test
    void nobodyWaitsForEver() throws Exception {
        QuotaLooks looks = new QuotaLooks(1);
        Future<Answer> first = threads.submit(() -> ask(looks, FULL));
        looking.await();
        assertThatThrownBy(() -> ask(looks, FULL)).isInstanceOf(StaleException.class);
        goOn.countDown();
        assertThat(first.get()).isEqualTo(Answer.refused(FULL));
        assertThat(ask(looks, FULL)).isEqualTo(Answer.refused(FULL));
    }

    @Test
    void whatHasNoQuotaAnyMoreIsGiven() {
        goOn.countDown();
        Answer answer = new QuotaLooks().ask(QUOTA, ONE, () -> null, () -> Answer.ALLOWED);
        assertThat(answer).isEqualTo(Answer.ALLOWED);
    }
}
