package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.judge.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The callers at work, each on a thread of its own. */
final class Crew implements AutoCloseable {
    private static final int SHORTEST_PAUSE_MS = 150;
    private static final int LONGEST_PAUSE_MS = 600;
    /** A put waits for two minutes for a node that is silent. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /**
     * What somebody does.
     *
     * @param addresses of the nodes, or of what is before them
     */
    record Task(Workload workload, List<String> addresses) {}

    /** Begins to work. */
    static Crew start(List<Task> tasks, History history, AtomicLong contents, long seed) {
        Crew crew = new Crew();
        for (int i = 0; i < tasks.size(); i++) {
            Workload workload = tasks.get(i).workload();
            String name = workload.getClass().getSimpleName() + "-" + i;
            Random random = new Random(seed + i);
            // Each begins with another node, and goes on to the next where that does not answer.
            List<String> addresses = new ArrayList<>(tasks.get(i).addresses());
            Collections.rotate(addresses, i);
            Thread thread = new Thread(
                    () -> {
                        try (Calls calls = new Calls(name, addresses, history, contents)) {
                            crew.work(workload, calls, random);
                        } catch (Throwable e) {
                            crew.failures.add(e);
                        }
                    },
                    name);
            thread.setDaemon(true);
            crew.threads.add(thread);
            thread.start();
        }
        return crew;
    }

    private void work(Workload workload, Calls calls, Random random) throws InterruptedException {
        while (!stop.await(random.nextInt(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS), TimeUnit.MILLISECONDS)) {
            workload.step(calls, random);
        }
    }

    /** What went wrong with the callers themselves. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** Lets every caller end what it is about, so that nothing is under way any more. */
    void finish() throws InterruptedException {
        stop.countDown();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            if (thread.isAlive()) {
                throw new AssertionError("still calling after " + PATIENCE + ": " + thread.getName());
            }
        }
    }

    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Thread::interrupt);
    }
}
