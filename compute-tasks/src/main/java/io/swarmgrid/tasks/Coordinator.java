package io.swarmgrid.tasks;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.TaskState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to the tasks whose key has its primary on this node: one thread, woken by notes and by time. */
final class Coordinator implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Coordinator.class);
    private static final int MAX_WAKES = 16_384;
    private static final long TICK_MS = 500;
    private static final long IDLE_TICK_MS = 2_000;
    private static final long SCAN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long CLOSE_PATIENCE_MS = 10_000;

    /** As of the last round: tasks by state, and splits that no node has. */
    record Work(int queued, int running, int waiting) {}

    /** Where to look; {@code index} -1 for the task itself. */
    private record Wake(String task, int index) {}

    private final TaskLedger ledger;
    private final TaskSteps steps;
    private final LongSupplier topology;
    private final int maxQueued;
    private final BlockingQueue<Wake> wakes = new ArrayBlockingQueue<>(MAX_WAKES);
    private final AtomicBoolean scanAsked = new AtomicBoolean(true);
    private final Map<String, ActiveTask> active = new HashMap<>();
    private final Thread thread = new Thread(this::run, "task-coordinator");
    private volatile boolean closed;
    private volatile Work work = new Work(0, 0, 0);
    private long scannedNanos;
    private long scannedTopology = -1;

    /** @param topology grows whenever a node comes or goes */
    Coordinator(TaskLedger ledger, TaskSteps steps, LongSupplier topology, int maxQueued) {
        this.ledger = ledger;
        this.steps = steps;
        this.topology = topology;
        this.maxQueued = maxQueued;
    }

    void start() {
        thread.start();
    }

    /** Never waits. */
    void wake(String task, int index) {
        if (!wakes.offer(new Wake(task, index))) {
            scanAsked.set(true);
        }
    }

    /** @throws GridException OVERLOADED where so many more splits would be too many to wait here */
    void admit(int splits) {
        int already = work.waiting;
        if (already + splits > maxQueued) {
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "too many splits wait on this node: waiting=" + already + ", asked=" + splits + ", bound="
                            + maxQueued,
                    null,
                    "submit again later or elsewhere; tasks.max-queued is the bound",
                    null);
        }
    }

    Work work() {
        return work;
    }

    @Override
    public void close() {
        closed = true;
        wake("", -1);
        try {
            thread.join(CLOSE_PATIENCE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                Wake first = wakes.poll(active.isEmpty() ? IDLE_TICK_MS : TICK_MS, TimeUnit.MILLISECONDS);
                if (!closed) {
                    round(first);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (GridException e) {
                if (!closed && e.kind() != ErrorKind.RETRY) {
                    log.warn("a round of the task coordinator broke off: reason={}", e.getMessage());
                }
                scanAsked.set(true);
            } catch (RuntimeException e) {
                if (!closed) {
                    log.error("a round of the task coordinator broke off", e);
                }
                scanAsked.set(true);
            }
        }
    }

    private void round(@Nullable Wake first) {
        Set<Wake> woken = new HashSet<>();
        if (first != null) {
            woken.add(first);
            wakes.drainTo(woken);
        }
        long now = System.nanoTime();
        long currentTopology = topology.getAsLong();
        if (scanAsked.getAndSet(false) || currentTopology != scannedTopology || now - scannedNanos > SCAN_NANOS) {
            scan(now);
            scannedTopology = currentTopology;
        }
        woken.forEach(wake -> look(wake, now));
        List<ActiveTask> order = new ArrayList<>(active.values());
        order.sort(Comparator.<ActiveTask>comparingInt(task -> -task.record().priority())
                .thenComparingLong(task -> task.record().submittedMs())
                .thenComparing(task -> task.record().id()));
        for (ActiveTask task : order) {
            step(task, order, now);
        }
        work = count();
    }

    private Work count() {
        int running = 0;
        int waiting = 0;
        for (ActiveTask task : active.values()) {
            running += task.record().state() == TaskState.RUNNING ? 1 : 0;
            waiting += task.count(SplitRecord::waits);
        }
        return new Work(active.size() - running, running, waiting);
    }

    private void scan(long now) {
        Set<String> here = new HashSet<>();
        for (TaskRecord record : ledger.activeHere()) {
            here.add(record.id());
            if (!active.containsKey(record.id())) {
                take(record, now);
            }
        }
        active.keySet().retainAll(here);
        scannedNanos = now;
    }

    private void take(TaskRecord record, long now) {
        active.put(record.id(), new ActiveTask(record, ledger.splits(record.id(), record.splits()), now));
    }

    private void look(Wake wake, long now) {
        ActiveTask task = active.get(wake.task());
        if (task == null) {
            if (ledger.isHere(wake.task())) {
                ledger.task(wake.task())
                        .filter(record -> !record.state().isFinal())
                        .ifPresent(record -> take(record, now));
            }
        } else if (wake.index() < 0) {
            ledger.task(wake.task()).ifPresent(task::record);
        } else {
            ledger.split(wake.task(), wake.index()).ifPresent(task::split);
        }
    }

    private void step(ActiveTask task, List<ActiveTask> all, long now) {
        String id = task.record().id();
        try {
            if (task.isReadBefore(now - READ_NANOS)) {
                ledger.task(id).ifPresent(task::record);
                task.splits(ledger.splits(id, task.record().splits()), now);
            }
            if (!task.record().state().isFinal()) {
                steps.move(task, all, now);
            }
            if (task.record().state().isFinal()) {
                active.remove(id);
                steps.windUp(task);
            }
        } catch (GridException e) {
            if (!closed && e.kind() != ErrorKind.RETRY) {
                log.warn("a task cannot go on for now: task={}, reason={}", id, e.getMessage());
            }
        }
    }
}
