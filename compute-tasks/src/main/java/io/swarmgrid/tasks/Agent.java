package io.swarmgrid.tasks;

import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the attempts that are assigned to this node: a queue by priority, then age, and one thread for each slot. Whether an
 * attempt is really assigned, its record says.
 */
final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);
    private static final long WATCH_MS = 200;
    private static final long CHECK_MS = 2_000;
    private static final long TAKE_MS = 200;
    private static final int LOAD_EVERY = 10;
    private static final long RETRY_PAUSE_MS = 500;
    private static final long CLOSE_PATIENCE_MS = 10_000;

    /** An attempt that this node was told of. */
    private record Offer(String task, int index, int attempt, int priority, long submittedMs)
            implements Comparable<Offer> {
        @Override
        public int compareTo(Offer other) {
            int byPriority = Integer.compare(other.priority, priority);
            int byAge = byPriority != 0 ? byPriority : Long.compare(submittedMs, other.submittedMs);
            int byTask = byAge != 0 ? byAge : task.compareTo(other.task);
            return byTask != 0 ? byTask : Integer.compare(index, other.index);
        }
    }

    private final TaskLedger ledger;
    private final Post post;
    private final AttemptRunner runner;
    private final String nodeId;
    private final Clock clock;
    private final int slots;
    private final int maxQueued;
    private final TaskMeter meter;
    private final PriorityBlockingQueue<Offer> queue = new PriorityBlockingQueue<>();
    /** In the queue or running; its size bounds the queue's. */
    private final Set<Offer> known = ConcurrentHashMap.newKeySet();

    private final Map<Offer, Attempt> running = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ScheduledExecutorService watch;
    private volatile boolean closed;
    private int reported = -1;
    private int rounds;

    /** @param slots 0 where this node runs nothing */
    Agent(
            TaskLedger ledger,
            Post post,
            AttemptRunner runner,
            String nodeId,
            Clock clock,
            int slots,
            int maxQueued,
            TaskMeter meter) {
        this.ledger = ledger;
        this.post = post;
        this.runner = runner;
        this.nodeId = nodeId;
        this.clock = clock;
        this.slots = slots;
        this.maxQueued = maxQueued;
        this.meter = meter;
        this.watch = Executors.newScheduledThreadPool(2, work -> new Thread(work, "task-agent"));
        for (int i = 1; i <= slots; i++) {
            threads.add(new Thread(this::slot, "task-slot-" + i));
        }
    }

    void start() {
        runner.clearLeftovers();
        threads.forEach(Thread::start);
        // Neither throws, and both end with the executor.
        var unusedWatch = watch.scheduleWithFixedDelay(quietly(this::watch), 0, WATCH_MS, TimeUnit.MILLISECONDS);
        var unusedCheck = watch.scheduleWithFixedDelay(quietly(this::check), CHECK_MS, CHECK_MS, TimeUnit.MILLISECONDS);
    }

    /** Takes an attempt up, unless it is known already. Never waits. */
    void offer(Post.Note note) {
        String task = note.task();
        if (closed || slots == 0 || task == null || known.size() >= maxQueued) {
            return;
        }
        Offer offer = new Offer(task, note.index(), note.attempt(), note.priority(), note.submittedMs());
        if (known.add(offer)) {
            queue.add(offer);
        }
    }

    /** Ends what runs of a task that has ended. */
    void ended(String task) {
        watch.execute(quietly(() -> running.forEach((offer, attempt) -> {
            if (offer.task().equals(task)) {
                attempt.cancel();
            }
        })));
    }

    int slots() {
        return slots;
    }

    /** Attempts that run now. */
    int running() {
        return running.size();
    }

    @Override
    public void close() {
        closed = true;
        // No interrupts: they would close the block files and the grid's connections that a thread is busy with.
        watch.shutdown();
        running.values().forEach(Attempt::stop);
        try {
            for (Thread thread : threads) {
                thread.join(CLOSE_PATIENCE_MS);
            }
            watch.awaitTermination(CLOSE_PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void slot() {
        while (!closed) {
            Offer offer = next();
            if (offer == null) {
                continue;
            }
            try {
                work(offer);
            } catch (GridException e) {
                // The coordinator tells again.
                log.debug("an attempt was not taken up: offer={}, reason={}", offer, e.getMessage());
            } catch (RuntimeException e) {
                log.error("an attempt broke off: offer={}", offer, e);
            } finally {
                known.remove(offer);
            }
        }
    }

    private @Nullable Offer next() {
        try {
            return queue.poll(TAKE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
            return null;
        }
    }

    private void work(Offer offer) {
        Optional<TaskRecord> task =
                ledger.task(offer.task()).filter(record -> !record.state().isFinal());
        if (task.isEmpty()) {
            return;
        }
        Optional<SplitRecord> mine = ledger.update(offer.task(), offer.index(), split -> takenUp(split, offer));
        post(offer);
        if (mine.isEmpty() || !mine.get().running()) {
            return;
        }
        Attempt attempt = runner.attempt(task.get(), mine.get());
        running.put(offer, attempt);
        try {
            if (closed) {
                attempt.stop();
            }
            Attempt.Outcome outcome = attempt.run();
            meter.attemptEnded(outcome.end(), Duration.ofMillis(outcome.tookMs()));
            record(offer, task.get(), outcome);
        } finally {
            running.remove(offer);
            post(offer);
        }
    }

    /** Begins it; one that is said to run here, and does not, is given back. */
    private @Nullable SplitRecord takenUp(SplitRecord split, Offer offer) {
        if (!split.isAttempt(nodeId, offer.attempt())) {
            return null;
        }
        if (split.assigned()) {
            return split.started(clock.millis());
        }
        return split.running() ? split.released(clock.millis(), "the node lost it") : null;
    }

    /** Tries until the records take it: what a program has done is not to be done again for want of a moment. */
    private void record(Offer offer, TaskRecord task, Attempt.Outcome outcome) {
        Function<SplitRecord, @Nullable SplitRecord> change =
                split -> split.running() && split.isAttempt(nodeId, offer.attempt())
                        ? outcome.applyTo(split, clock.millis(), task.maxAttempts())
                        : null;
        while (true) {
            try {
                ledger.update(offer.task(), offer.index(), change);
                return;
            } catch (GridException e) {
                if (closed || e.kind() == ErrorKind.CALLER) {
                    log.warn("an attempt's end was not recorded: offer={}, reason={}", offer, e.getMessage());
                    return;
                }
            }
            try {
                Thread.sleep(RETRY_PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void post(Offer offer) {
        Optional.of(offer.task())
                .flatMap(ledger::coordinator)
                .ifPresent(node -> post.send(node.id(), Post.Note.changed(offer.task(), offer.index())));
    }

    /** Times out, and tells how busy this node is. */
    private void watch() {
        long now = System.nanoTime();
        running.values().forEach(attempt -> attempt.tick(now));
        int outstanding = known.size();
        if (outstanding != reported || rounds++ % LOAD_EVERY == 0) {
            post.sendToAll(Post.Note.load(slots, outstanding));
            reported = outstanding;
        }
    }

    /** What runs here though its record says otherwise is ended: it was cancelled or given to another node. */
    private void check() {
        running.forEach((offer, attempt) -> {
            boolean wanted = ledger.task(offer.task())
                            .filter(task -> !task.state().isFinal())
                            .isPresent()
                    && ledger.split(offer.task(), offer.index())
                            .filter(split -> split.running() && split.isAttempt(nodeId, offer.attempt()))
                            .isPresent();
            if (!wanted) {
                attempt.cancel();
            }
        });
    }

    private static Runnable quietly(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (GridException e) {
                log.debug("left for the next time: reason={}", e.getMessage());
            } catch (RuntimeException e) {
                log.warn("a look at the running attempts broke off", e);
            }
        };
    }
}
