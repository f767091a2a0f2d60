package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.DatasetReader.Endpoint;
import io.swarmgrid.client.grid.GridClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/** Endpoints read by several threads, which live as long as the read. The first failure is kept and ends it. */
final class ParallelRead {
    private final GridClient client;
    private final DatasetReader reader;
    private final Queue<Endpoint> left;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean enough;

    ParallelRead(GridClient client, DatasetReader reader, List<Endpoint> endpoints) {
        this.client = client;
        this.reader = reader;
        this.left = new ConcurrentLinkedQueue<>(endpoints);
    }

    void run(int threads, BatchConsumer consumer) throws IOException {
        List<Thread> running = new ArrayList<>();
        int count = Math.max(1, Math.min(threads, left.size()));
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> drain(consumer), "dataset-read-" + i);
            thread.setDaemon(true);
            running.add(thread);
            thread.start();
        }
        boolean interrupted = join(running);
        Throwable failed = failure.get();
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while reading " + reader.what());
        }
        if (failed instanceof IOException io) {
            throw io;
        }
        if (failed instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failed instanceof Error error) {
            throw error;
        }
    }

    private void drain(BatchConsumer consumer) {
        try {
            for (Endpoint next = left.poll(); next != null && !enough; next = left.poll()) {
                boolean more = new PartRead(client, reader, next).run(batch -> !enough && consumer.take(batch));
                if (!more) {
                    enough = true;
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            enough = true;
        }
    }

    /** Waits for all; an interruption ends them first. */
    private boolean join(List<Thread> running) {
        boolean interrupted = false;
        for (Thread thread : running) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    enough = true;
                    running.forEach(Thread::interrupt);
                }
            }
        }
        return interrupted;
    }
}
