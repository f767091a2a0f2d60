package io.swarmgrid.mount.fuse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one mount until it is unmounted: each of its threads takes a request, has it done, and answers it. What more the
 * processes of this machine ask for waits in the kernel, with those who asked.
 */
public final class FuseServer {
    private static final Logger LOG = LoggerFactory.getLogger(FuseServer.class);
    /** Room for a request of the largest write, and for an answer of the largest read. */
    private static final int BUFFER_BYTES = Protocol.MAX_WRITE_BYTES + Protocol.PAGE_BYTES;

    private final FuseDevice device;
    private final Operations operations;
    private final Function<Throwable, Errno> errors;
    private final long cacheMs;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch running;

    /**
     * @param threads how many requests are worked on at once; each has two buffers of a mebibyte
     * @param cache how long the kernel may believe names and attributes
     * @param errors what the caller is told of what an operation threw
     */
    public FuseServer(
            FuseDevice device, Operations operations, int threads, Duration cache, Function<Throwable, Errno> errors) {
        this.device = device;
        this.operations = operations;
        this.errors = errors;
        this.cacheMs = cache.toMillis();
        this.running = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(this::serve, "mount-" + i);
            thread.setDaemon(true);
            this.threads.add(thread);
        }
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    /** Waits until the directory is unmounted. */
    public void awaitEnd() throws InterruptedException {
        running.await();
    }

    /** The same, for so long at most; returns whether it is. */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return running.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void serve() {
        ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
        Request request = new Request(in);
        Dispatcher dispatcher =
                new Dispatcher(operations, new Reply(ByteBuffer.allocateDirect(BUFFER_BYTES), cacheMs), errors);
        try {
            for (int length = device.read(in); length >= 0; length = device.read(in)) {
                request.begin(length);
                ByteBuffer answer = dispatcher.answer(request);
                if (answer != null) {
                    send(answer);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("a thread of the mount ends, fewer are left", e);
        } finally {
            running.countDown();
        }
    }

    private void send(ByteBuffer answer) {
        try {
            device.write(answer);
        } catch (IOException e) {
            LOG.error("the kernel does not take an answer: {}", e.getMessage());
        }
    }
}
