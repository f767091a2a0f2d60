package io.swarmgrid.storage.outer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An outer store that may not answer. A question is asked again, with pauses that grow, for as long as there is patience; then the store
 * counts as silent, and whoever asks is refused at once for a while that grows, too, until one question gets through. So a store that
 * is gone costs its first callers their patience, and the others nothing. What becomes of a change says nothing of whether the store can be
 * read: nobody is refused for it. Thread-safe.
 */
public final class SteadyStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SteadyStore.class);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FIRST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_REST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String uri;
    private final OuterCalls calls;
    private final Time time;
    private final long patienceNanos;

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
        this.time = time;
        this.patienceNanos = patience.toNanos();
        this.calls = new OuterCalls(uri, store, maxCalls, patienceNanos);
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
        return repeated(call, unclaimed -> {}, true, new AtomicLong(time.nanos.getAsLong()));
    }

    /**
     * The same of a question that has several answers: the patience is for each of them, so that a store which is slow is not taken for one that
     * does not answer.
     *
     * @param call runs what it is given whenever an answer has come
     * @throws GridException as {@link #ask}
     */
    public <R> R askOn(BiFunction<OuterStore, Runnable, R> call) {
        AtomicLong sinceNanos = new AtomicLong(time.nanos.getAsLong());
        Runnable came = () -> sinceNanos.set(time.nanos.getAsLong());
        return repeated(store -> call.apply(store, came), unclaimed -> {}, true, sinceNanos);
    }

    /**
     * Has the store changed in a way that may be done again. That it does not answer makes nobody wait but the caller; a call that takes longer
     * than the patience is interrupted.
     *
     * @throws GridException as {@link #ask}
     */
    public <R> R change(Function<OuterStore, R> call) {
        return change(call, unclaimed -> {});
    }

    /**
     * The same where the answer is something to be closed.
     *
     * @param unclaimed takes an answer that comes when nobody waits for it any more
     */
    public <R> R change(Function<OuterStore, R> call, Consumer<R> unclaimed) {
        return repeated(call, unclaimed, false, new AtomicLong(time.nanos.getAsLong()));
    }

    /** @param sinceNanos since when the store is waited for: changes when something has come */
    private <R> R repeated(Function<OuterStore, R> call, Consumer<R> unclaimed, boolean reads, AtomicLong sinceNanos) {
        LongSupplier left = () -> sinceNanos.get() + patienceNanos - time.nanos.getAsLong();
        boolean isSilent = requireAnswering();
        for (int attempt = 1; ; attempt++) {
            try {
                R answer = calls.begin(call, unclaimed).await(left, true);
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
                if (reads) {
                    failed(e);
                }
                long pause = pauseNanos(attempt);
                // One question is enough to see whether a silent store has come back.
                if (isSilent || pause >= left.getAsLong()) {
                    throw reads ? rest() : unchanged(e, attempt);
                }
                pause(pause);
                requireAnswering();
            }
        }
    }

    /**
     * Asks once, for what must not be done twice.
     *
     * @param unclaimed takes an answer that comes when nobody waits for it any more
     * @throws GridException as {@link #ask}; UNAVAILABLE where it was not begun, UNKNOWN_OUTCOME where it was: then it may have been done, or
     *     may still be
     */
    public <R> R once(Function<OuterStore, R> call, Consumer<R> unclaimed) {
        requireAnswering();
        return begunOnce(call, unclaimed, patienceNanos, true);
    }

    /**
     * Goes on with something that was begun, also where the store does not answer others: once, and for as long as it takes, up to a limit.
     * Behind that nobody waits for it, and nobody disturbs it.
     *
     * @throws GridException as {@link #once}
     */
    public <R> R goOn(Function<OuterStore, R> call, Consumer<R> unclaimed, Duration atMost) {
        return begunOnce(call, unclaimed, atMost.toNanos(), false);
    }

    /** How long is waited for a store. */
    public Duration patience() {
        return Duration.ofNanos(patienceNanos);
    }

    private <R> R begunOnce(Function<OuterStore, R> call, Consumer<R> unclaimed, long mostNanos, boolean interrupts) {
        long deadline = time.nanos.getAsLong() + mostNanos;
        OuterCalls.Call<R> begun = calls.begin(call, unclaimed);
        try {
            R answer = begun.await(() -> deadline - time.nanos.getAsLong(), interrupts);
            answered();
            return answer;
        } catch (GridException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                throw new GridException(
                        ErrorCode.UNKNOWN_OUTCOME,
                        "the outer store may have done it, or not: uri=" + uri + ": " + e.getMessage(),
                        e);
            }
            if (e.code() != ErrorCode.OVERLOADED && e.code() != ErrorCode.CANCELLED) {
                answered();
            }
            throw e;
        }
    }

    /** Ends something that was begun, whether the store answers or not, and however much is asked of it. Nobody waits for it. */
    public void end(Runnable work) {
        calls.end(work);
    }

    @Override
    public void close() {
        calls.close();
    }

    private void pause(long nanos) {
        try {
            time.pause.of(nanos);
        } catch (InterruptedException e) {
            throw calls.interrupted(e);
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

    private GridException unchanged(GridException last, int attempts) {
        return new GridException(
                ErrorCode.UNAVAILABLE,
                "the outer store does not answer: uri=" + uri + ", attempts=" + attempts + ", last error: "
                        + last.getMessage(),
                null,
                "try it again",
                last);
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
