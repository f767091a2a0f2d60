package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that send each other questions and answers as a test lets them, by a clock that only the test moves. */
class ReadLeaseTest {
    private static final Duration FAILURE_TIMEOUT = Duration.ofSeconds(4);
    private static final long LEASE_NANOS = FAILURE_TIMEOUT.toNanos() / 2;

    private final AtomicLong nanos = new AtomicLong(1L << 40);
    private final Map<String, Peers.Receiver> receivers = new ConcurrentHashMap<>();
    /** By whom they go to. */
    private final Map<String, BlockingQueue<Message>> sent = new ConcurrentHashMap<>();

    /** By so much time goes on with each look at it. */
    private long stepNanos = 1000;

    private final List<ReadLease> leases = new ArrayList<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Message(String from, byte[] bytes) {}

    /** What one node sees of the others. */
    private final class FakePeers implements Peers {
        private final String name;

        FakePeers(String name) {
            this.name = name;
        }

        @Override
        public void send(String node, String topic, byte[] message) {
            to(node).add(new Message(name, message));
        }

        @Override
        public void receive(String topic, Receiver receiver) {
            receivers.put(name, receiver);
        }

        @Override
        public long settledVersion() {
            return 1;
        }

        @Override
        public void onChange(Runnable listener) {}
    }

    private ReadLease node(String name, Set<String> all, Set<String> live, Optional<String> tiebreak) {
        Voters voters = new Voters(all, live, tiebreak);
        ReadLease lease = new ReadLease(
                new FakePeers(name), name, () -> voters, FAILURE_TIMEOUT, () -> nanos.getAndAdd(stepNanos));
        leases.add(lease);
        return lease;
    }

    private ReadLease node(String name) {
        Set<String> all = Set.of("n1", "n2", "n3");
        return node(name, all, all, Optional.empty());
    }

    @AfterEach
    void close() {
        leases.forEach(ReadLease::close);
    }

    private BlockingQueue<Message> to(String node) {
        return sent.computeIfAbsent(node, each -> new LinkedBlockingQueue<>());
    }

    private Message take(String node) throws InterruptedException {
        return Objects.requireNonNull(to(node).poll(30, TimeUnit.SECONDS), "no message to " + node);
    }

    /** Lets one message arrive at a node. */
    private void deliver(String node) throws InterruptedException {
        Message message = take(node);
        Objects.requireNonNull(receivers.get(node)).accept(message.from(), message.bytes());
    }

    /** What n1 asks n2: it has been sent, and asks from when it was. Whoever is being asked is not asked beside. */
    private Message question(ReadLease lease) throws InterruptedException {
        while (true) {
            lease.ask();
            Message question = to("n2").poll(10, TimeUnit.MILLISECONDS);
            if (question != null) {
                return question;
            }
        }
    }

    private void answer(Message question) throws InterruptedException {
        Objects.requireNonNull(receivers.get("n2")).accept(question.from(), question.bytes());
        deliver("n1");
    }

    /** The question of n1 to n2, and the answer. */
    private void ask(ReadLease lease) throws InterruptedException {
        answer(question(lease));
    }

    private void assertRefused(ReadLease lease) {
        stepNanos = TimeUnit.MILLISECONDS.toNanos(100);
        assertThatThrownBy(lease::require)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_QUORUM))
                .hasMessageContaining("no majority of the grid's nodes has answered node=n1");
    }

    @Test
    void isHeldForHalfTheFailureTimeoutFromWhenItWasAskedFor() throws Exception {
        ReadLease lease = node("n1");
        node("n2");
        node("n3");

        Message question = question(lease);
        nanos.addAndGet(LEASE_NANOS - 1_000_000);
        answer(question);
        assertThatCode(lease::require).doesNotThrowAnyException();
        nanos.addAndGet(1_000_000);
        assertRefused(lease);
    }

    @Test
    void isNotGrantedByAMinority() throws Exception {
        Set<String> five = Set.of("n1", "n2", "n3", "n4", "n5");
        ReadLease lease = node("n1", five, five, Optional.empty());
        node("n2", five, five, Optional.empty());

        ask(lease);
        assertRefused(lease);
    }

    @Test
    void whoHasNoMajorityItselfGrantsNothing() throws Exception {
        ReadLease lease = node("n1");
        node("n2", Set.of("n1", "n2", "n3"), Set.of("n2"), Optional.empty());

        lease.ask();
        deliver("n2");
        assertRefused(lease);
    }

    @Test
    void oldAnswersDoNotRenewIt() throws Exception {
        ReadLease lease = node("n1");
        node("n2");
        ask(lease);

        Message question = question(lease);
        nanos.addAndGet(LEASE_NANOS); // this process stands still, and the others go on without it
        answer(question);
        assertRefused(lease);
    }

    @Test
    void answersToAnEarlierProcessOfTheSameNameAreNoAnswers() throws Exception {
        ReadLease before = node("n1");
        node("n2");
        before.ask();
        deliver("n2");
        Message answer = take("n1");
        ReadLease now = node("n1");

        Objects.requireNonNull(receivers.get("n1")).accept("n2", answer.bytes());
        assertRefused(now);
    }

    @Test
    void whoeverReadsWithoutItAsksAndWaitsForTheAnswers() throws Exception {
        ReadLease lease = node("n1");
        node("n2");
        Thread others = new Thread(() -> {
            try {
                deliver("n2");
                deliver("n1");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        others.start();

        assertThatCode(lease::require).doesNotThrowAnyException();
        others.join(30_000);
        assertThat(others.isAlive()).isFalse();
    }

    @Test
    void whoIsAMajorityAloneAsksNobody() {
        assertThatCode(node("n1", Set.of("n1"), Set.of("n1"), Optional.empty())::require)
                .doesNotThrowAnyException();
        assertThatCode(node("n1", Set.of("n1", "n2"), Set.of("n1", "n2"), Optional.of("n1"))::require)
                .doesNotThrowAnyException();
        assertThatCode(node("n1", Set.of(), Set.of(), Optional.empty())::require)
                .doesNotThrowAnyException();
        assertThat(sent).isEmpty();
    }
}
