package io.swarmgrid.node.cli;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Many small pieces of work on a few threads of its own, which end with the call. */
public final class Parallel {
    /** One piece of work. */
    @FunctionalInterface
    public interface Work<T> {
        void run(T item) throws Exception;
    }

    private Parallel() {}

    /**
     * Runs the work on every item; the first failure ends it and is thrown, items not begun by then are left.
     *
     * @param threads at most so many
     */
    public static <T> void each(String name, int threads, Iterable<T> items, Work<T> work) throws Exception {
        Iterator<T> source = items.iterator();
        AtomicBoolean failed = new AtomicBoolean();
        AtomicInteger number = new AtomicInteger();
        ExecutorService executor =
                Executors.newFixedThreadPool(threads, task -> new Thread(task, name + "-" + number.incrementAndGet()));
        try {
            List<Future<?>> running = IntStream.range(0, threads)
                    .<Future<?>>mapToObj(i -> executor.submit(() -> {
                        drain(source, work, failed);
                        return null;
                    }))
                    .toList();
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            failed.set(true);
            executor.shutdownNow();
        }
    }

    private static <T> void drain(Iterator<T> source, Work<T> work, AtomicBoolean failed) throws Exception {
        try {
            for (T item = next(source); item != null && !failed.get(); item = next(source)) {
                work.run(item);
            }
        } catch (Exception e) {
            failed.set(true);
            throw e;
        }
    }

    private static <T> @Nullable T next(Iterator<T> source) {
        synchronized (source) {
            return source.hasNext() ? source.next() : null;
        }
    }
}
