package io.swarmgrid.storage.outer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An outer store that may not answer. A question is asked again, with pauses that grow, for as long as there is patience; then the store
 * counts as silent, and whoever asks is refused at once for a while that grows, too, until one question gets through. So a store that
 * is gone costs its first callers their patience, and the others nothing. Thread-safe.
 */
public final class SteadyStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SteadyStore.class);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FIRST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_REST_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int IDLE_SECONDS = 30;

    private final String uri;
    private final OuterStore store;
    private final Time time;
    private final long patienceNanos;
    private final int maxCalls;
    /** Given back when a call has ended: its thread may need a moment more until it takes the next one. */
    private final Semaphore calls;

    private final ThreadPoolExecutor threads;

    @GuardedBy("this")
    private @Nullable Silence silence;

    /** How time passes here. */
    record Time(LongSupplier nanos, InstantSource clock, RandomGenerator random, Pause pause) {
        static Time ofMachine(RandomGenerator random) {
            return new Time(System::nanoTime, InstantSource.system(), random, TimeUnit.NANOSECONDS::sleep);
        }
    }

    /** Waits. */
    interface Pause {
        void of(long nanos) throws InterruptedException;
    }

    /**
     * That the store has not answered.
     *
     * @param attempts without an answer
     * @param rests how often it was left in peace since
     * @param untilNanos until when it is; at or before now while it is asked
     */
    private record Silence(Instant since, long attempts, int rests, long untilNanos, GridException last) {
        Silence again(GridException error) {
            return new Silence(since, attempts + 1, rests, untilNanos, error);
        }

        Silence resting(long nowNanos) {
            long rest = Math.min(MAX_REST_NANOS, FIRST_REST_NANOS << Math.min(rests, 10));
            return new Silence(since, attempts, rests + 1, nowNanos + rest, last);
        }
    }

    /**
     * Takes a store over: it is closed with this.
     *
     * @param uri how it is called
     * @param maxCalls that may be on their way to it at a time
     */
    SteadyStore(String uri, OuterStore store, Duration patience, int maxCalls, Time time) {
        this.uri = uri;
        this.store = store;
        this.time = time;
        this.patienceNanos = patience.toNanos();
        this.maxCalls = maxCalls;
        this.calls = new Semaphore(maxCalls);
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "outer-call-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** The address that it was opened by. */
    public String uri() {
        return uri;
    }

    /**
     * Asks the store, on a thread of its own, which may still be at it when the caller's patience has ended.
     *
     * @param call may be made more than once
     * @throws GridException UNAVAILABLE, which names the store, how often it was asked, and since when it does not answer; OVERLOADED where too
     *     much is asked of it; CANCELLED when interrupted; and what the call throws
     */
    public <R> R ask(Function<OuterStore, R> call) {
        long deadline = time.nanos.getAsLong() + patienceNanos;
        boolean isSilent = requireAnswering();
        for (int attempt = 1; ; attempt++) {
            try {
                R answer = inTime(call, deadline - time.nanos.getAsLong());
                answered();
                return answer;
            } catch (GridException e) {
                if (e.code() == ErrorCode.OVERLOADED || e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                if (e.code() != ErrorCode.UNAVAILABLE) {
                    answered();
                    throw e;
                }
                failed(e);
                long pause = pauseNanos(attempt);
                // One question is enough to see whether a silent store has come back.
                if (isSilent || time.nanos.getAsLong() + pause >= deadline) {
                    throw rest();
                }
                pause(pause);
                requireAnswering();
            }
        }
    }

    /**
     * Asks once, for what must not be done twice. After UNAVAILABLE it may have been done, or may still be.
     *
     * @throws GridException as {@link #ask}
     */
    public <R> R once(Function<OuterStore, R> call) {
        requireAnswering();
        try {
            R answer = inTime(call, patienceNanos);
            answered();
            return answer;
        } catch (GridException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                failed(e);
                throw new GridException(e.code(), "uri=" + uri + ": " + e.getMessage(), e);
            }
            if (e.code() != ErrorCode.OVERLOADED && e.code() != ErrorCode.CANCELLED) {
                answered();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        store.close();
    }

    private <R> R inTime(Function<OuterStore, R> call, long leftNanos) {
        AtomicBoolean counts = new AtomicBoolean(true);
        FutureTask<R> answer = new FutureTask<>(() -> {
            try {
                return call.apply(store);
            } finally {
                ended(counts); // before anybody is told
            }
        });
        start(answer, counts);
        try {
            return answer.get(Math.max(1, leftNanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new GridException(ErrorCode.UNAVAILABLE, "no answer in " + patienceNanos / 1_000_000 + " ms");
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        }
    }

    /** As many as there may be, those included that nobody waits for any more. */
    private void start(Runnable work, AtomicBoolean counts) {
        if (!calls.tryAcquire()) {
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "as much as may be is being asked of the outer store: uri=" + uri + ", calls=" + maxCalls);
        }
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } finally {
                    ended(counts); // it was cancelled before it began
                }
            });
        } catch (RejectedExecutionException e) {
            ended(counts);
            throw new GridException(ErrorCode.UNAVAILABLE, "the outer store was closed: uri=" + uri, e);
        }
    }

    private void ended(AtomicBoolean counts) {
        if (counts.compareAndSet(true, false)) {
            calls.release();
        }
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

    private GridException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new GridException(ErrorCode.CANCELLED, "interrupted while asking the outer store: uri=" + uri, e);
    }

    private void pause(long nanos) {
        try {
            time.pause.of(nanos);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Half of it by chance, so that those who failed together do not come back together. */
    private long pauseNanos(int attempt) {
        long most = Math.min(MAX_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempt - 1, 10));
        return most / 2 + time.random.nextLong(most / 2);
    }

    /** @return whether it has been silent, and is asked whether it still is */
    private boolean requireAnswering() {
        Silence now;
        synchronized (this) {
            now = silence;
        }
        if (now == null || now.rests == 0) {
            return false;
        }
        long left = now.untilNanos - time.nanos.getAsLong();
        if (left > 0) {
            throw refusal(now, left);
        }
        return true;
    }

    private synchronized void failed(GridException error) {
        silence = silence == null ? new Silence(time.clock.instant(), 1, 0, 0, error) : silence.again(error);
    }

    private void answered() {
        Silence ended;
        synchronized (this) {
            ended = silence;
            silence = null;
        }
        if (ended != null && ended.rests > 0) {
            LOG.info("outer store answers again: uri={} silent_since={}", uri, ended.since);
        }
    }

    private GridException rest() {
        Silence now;
        synchronized (this) {
            Silence known = silence;
            if (known == null) {
                return new GridException(ErrorCode.UNAVAILABLE, "the outer store did not answer: uri=" + uri);
            }
            now = known.resting(time.nanos.getAsLong());
            silence = now;
        }
        if (now.rests == 1) {
            LOG.warn(
                    "outer store does not answer: uri={} attempts={} error={}",
                    uri,
                    now.attempts,
                    now.last.getMessage());
        }
        return refusal(now, now.untilNanos - time.nanos.getAsLong());
    }

    private GridException refusal(Silence now, long leftNanos) {
        return new GridException(
                ErrorCode.UNAVAILABLE,
                "the outer store does not answer: uri=" + uri + ", attempts=" + now.attempts + ", since=" + now.since
                        + ", last error: " + now.last.getMessage(),
                null,
                "it is asked again in " + Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos)) + " ms",
                now.last);
    }
}
