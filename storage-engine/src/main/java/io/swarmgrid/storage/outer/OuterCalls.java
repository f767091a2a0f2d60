package io.swarmgrid.storage.outer;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is being asked of one outer store, each on a thread of its own, since a store may hang. Thread-safe. */
final class OuterCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OuterCalls.class);
    private static final int IDLE_SECONDS = 30;
    /** How many threads end what was given up, and how much of it waits for one of them. */
    private static final int ENDERS = 4;

    private static final int MAX_ENDING = 1000;

    private final String uri;
    private final OuterStore store;
    private final int most;
    private final long patienceNanos;
    /** Given back when a call has ended: its thread may need a moment more until it takes the next one. */
    private final Semaphore permits;

    private final ThreadPoolExecutor threads;
    private final ThreadPoolExecutor enders;

    /**
     * To a store, which is closed with this.
     *
     * @param most that may be on their way at a time
     * @param patienceNanos what is said of how long one was waited for, at least: some of it was spent before
     */
    OuterCalls(String uri, OuterStore store, int most, long patienceNanos) {
        this.uri = uri;
        this.store = store;
        this.most = most;
        this.patienceNanos = patienceNanos;
        this.permits = new Semaphore(most);
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named("outer-call"));
        this.enders = new ThreadPoolExecutor(
                ENDERS, ENDERS, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_ENDING), named("outer-end"));
        enders.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Begins a call.
     *
     * @param unclaimed takes an answer that comes when nobody waits for it any more
     * @throws GridException OVERLOADED where as many are on their way as may be, those included that nobody waits for any more; UNAVAILABLE
     *     where this was closed
     */
    <R> Call<R> begin(Function<OuterStore, R> call, Consumer<R> unclaimed) {
        Call<R> begun = new Call<>(call, unclaimed);
        if (!permits.tryAcquire()) {
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "as much as may be is being asked of the outer store: uri=" + uri + ", calls=" + most);
        }
        try {
            threads.execute(() -> {
                try {
                    begun.answer.run();
                } finally {
                    begun.ended(); // it was cancelled before it began
                }
            });
            return begun;
        } catch (RejectedExecutionException e) {
            begun.ended();
            throw new GridException(ErrorCode.UNAVAILABLE, "the outer store was closed: uri=" + uri, e);
        }
    }

    /** Ends something that was begun, however much is being asked; nobody waits for it. */
    void end(Runnable work) {
        try {
            enders.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    LOG.debug("what was begun in an outer store is left to its sweep: uri={}", uri, e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.warn("what was begun in an outer store is left to its sweep: uri={} ending={}", uri, MAX_ENDING);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        enders.shutdown();
        store.close();
    }

    GridException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new GridException(ErrorCode.CANCELLED, "interrupted while asking the outer store: uri=" + uri, e);
    }

    private GridException unwrapped(@Nullable Throwable cause) {
        if (cause instanceof GridException error) {
            return error;
        }
        if (cause instanceof LinkageError) {
            return new GridException(
                    ErrorCode.UNSUPPORTED,
                    "this node lacks a part of what reads " + uri + ": " + cause,
                    null,
                    "deploy/hadoop/pom.xml names the jars that belong into the directory ext beside the launcher, on every node",
                    cause);
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new GridException(ErrorCode.INTERNAL, "the outer store failed: uri=" + uri + ", error=" + cause, cause);
    }

    /** One call on its way. */
    final class Call<R> {
        private final AtomicBoolean counts = new AtomicBoolean(true);
        /** Whether the answer has found whoever waits for it, or he has gone. */
        private final AtomicBoolean settled = new AtomicBoolean();

        private final FutureTask<R> answer;

        private Call(Function<OuterStore, R> call, Consumer<R> unclaimed) {
            this.answer = new FutureTask<>(() -> {
                try {
                    R given = call.apply(store);
                    if (!settled.compareAndSet(false, true)) {
                        // That nobody waits is no reason not to end it.
                        LOG.debug("an answer came late: uri={} interrupted={}", uri, Thread.interrupted());
                        unclaimed.accept(given);
                    }
                    return given;
                } finally {
                    ended(); // before anybody is told
                }
            });
        }

        /**
         * Waits for the answer.
         *
         * @param leftNanos how long it may take yet; may grow while it is waited for
         * @param interrupts whether the call is disturbed where nobody waits for it any more
         * @throws GridException UNAVAILABLE where there is none in that time; CANCELLED when interrupted; what the call threw
         */
        R await(LongSupplier leftNanos, boolean interrupts) {
            long mostNanos = leftNanos.getAsLong();
            try {
                for (long left = mostNanos; ; left = leftNanos.getAsLong()) {
                    try {
                        return answer.get(Math.max(1, left), TimeUnit.NANOSECONDS);
                    } catch (TimeoutException e) {
                        if (leftNanos.getAsLong() <= 0) {
                            return tooLate(mostNanos, interrupts, e);
                        }
                    }
                }
            } catch (InterruptedException e) {
                if (!leave(interrupts)) {
                    return interruptedWithAnswer();
                }
                throw interrupted(e);
            } catch (ExecutionException e) {
                throw unwrapped(e.getCause());
            }
        }

        private R tooLate(long mostNanos, boolean interrupts, TimeoutException e)
                throws InterruptedException, ExecutionException {
            if (!leave(interrupts)) {
                return answer.get(); // which is just coming
            }
            long waitedNanos = Math.max(patienceNanos, mostNanos);
            throw new GridException(ErrorCode.UNAVAILABLE, "no answer in " + waitedNanos / 1_000_000 + " ms", e);
        }

        /** @return whether nobody waits for it from now on; else its answer is just coming, and has to be taken */
        private boolean leave(boolean interrupts) {
            if (!settled.compareAndSet(false, true)) {
                return false;
            }
            if (interrupts) {
                answer.cancel(true);
            }
            return true;
        }

        /** What is to be closed is lost to nobody: whoever was interrupted learns that at his next step. */
        private R interruptedWithAnswer() {
            try {
                for (; ; ) {
                    try {
                        return answer.get();
                    } catch (InterruptedException e) {
                        LOG.trace("interrupted once more: uri={}", uri);
                    }
                }
            } catch (ExecutionException e) {
                throw unwrapped(e.getCause());
            } finally {
                Thread.currentThread().interrupt();
            }
        }

        private void ended() {
            if (counts.compareAndSet(true, false)) {
                permits.release();
            }
        }
    }
}
