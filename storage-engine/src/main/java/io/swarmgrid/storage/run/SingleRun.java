package io.swarmgrid.storage.run;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.annotation.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * At most one long piece of work of a kind on this node, on a thread of its own: one call begins it, and later calls look after
 * it by its id, also when it has ended. Thread-safe.
 */
public final class SingleRun<R extends SingleRun.Run> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SingleRun.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration STOP = Duration.ofSeconds(5);

    private final Words words;

    @GuardedBy("this")
    private @Nullable R run;

    @GuardedBy("this")
    private @Nullable Thread thread;

    public SingleRun(Words words) {
        this.words = words;
    }

    /** The work. It is done by its thread alone; any thread asks for the rest. */
    public interface Run {
        String id();

        /** What it is. */
        String what();

        /** How it was asked for, as the log has it behind the id: {@code , key=value}; empty for nothing. */
        String asked();

        /** How it ended, as the log has it. */
        String outcome();

        void run();

        /** What is thrown by {@link #run} is told so. */
        void fail(String why);
    }

    /**
     * What is said of the kind.
     *
     * @param thread its name
     * @param busy to whoever wants another run while one is at work, given its id
     * @param unknown to whoever asks for a run that was not the last one, before its id
     * @param unknownHint what can be done then
     */
    public record Words(String thread, UnaryOperator<String> busy, String unknown, String unknownHint) {}

    /** @throws GridException CONFLICT while another one is at work */
    public synchronized R begin(R next) {
        if (run != null && thread != null && thread.isAlive()) {
            throw new GridException(ErrorCode.CONFLICT, words.busy.apply(run.id()), null, "wait for its end", null);
        }
        Thread worker = new Thread(() -> work(next), words.thread);
        worker.setDaemon(true);
        run = next;
        thread = worker;
        worker.start();
        return next;
    }

    /** @throws GridException NOT_FOUND where it is not the last one */
    public synchronized R find(String id) {
        if (run == null || !run.id().equals(id)) {
            throw new GridException(ErrorCode.NOT_FOUND, words.unknown + ": " + id, null, words.unknownHint, null);
        }
        return run;
    }

    /** That was begun, whether it has ended or not. */
    public synchronized Optional<R> last() {
        return Optional.ofNullable(run);
    }

    /** Returns when the last one has ended, or after a few seconds. */
    public R look(R asked) {
        join(LOOK);
        return asked;
    }

    /** Returns when the last one has ended. */
    public void await() throws InterruptedException {
        Thread worker = worker();
        if (worker != null) {
            worker.join();
        }
    }

    private static void work(Run run) {
        LOG.info("{} begins: run={}{}", run.what(), run.id(), run.asked());
        try {
            run.run();
        } catch (GridException e) {
            String hint = e.hint();
            run.fail(e.getMessage() + (hint == null ? "" : " (" + hint + ")"));
        } catch (RuntimeException e) {
            LOG.error("{} broken off: run={}", run.what(), run.id(), e);
            run.fail("a fault in the program: " + e);
        }
        LOG.info("{} ended: run={}, {}", run.what(), run.id(), run.outcome());
    }

    private synchronized @Nullable Thread worker() {
        return thread;
    }

    private void join(Duration patience) {
        Thread worker = worker();
        if (worker == null) {
            return;
        }
        try {
            worker.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Breaks a run off, and waits a few seconds for its end. */
    @Override
    public void close() {
        Thread worker = worker();
        if (worker != null) {
            worker.interrupt();
            join(STOP);
        }
    }
}
