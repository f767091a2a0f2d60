package io.swarmgrid.hadoop;

import io.swarmgrid.client.grid.GridClient;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;

/** What a file system has while it is open. */
record Connection(
        URI uri,
        Settings settings,
        Grid grid,
        Renaming renaming,
        XAttributes attributes,
        Owners owners,
        ExecutorService reads)
        implements AutoCloseable {
    private static final int VECTORED_READS_AT_ONCE = 8;
    private static final int VECTORED_READS_WAITING = 1024;
    private static final long IDLE_SECONDS = 10;

    /** Asks nothing of the grid yet. */
    static Connection open(URI name, Configuration configuration) throws IOException {
        Settings settings = Settings.of(name, configuration);
        Grid grid = new Grid(GridClient.connect(settings.addresses(), settings.client()));
        String authority = name.getAuthority();
        URI uri = URI.create(SwarmFileSystem.SCHEME + "://" + (authority == null ? "/" : authority));
        return new Connection(uri, settings, grid, new Renaming(grid), new XAttributes(grid), Owners.here(), readers());
    }

    private static ExecutorService readers() {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor readers = new ThreadPoolExecutor(
                VECTORED_READS_AT_ONCE,
                VECTORED_READS_AT_ONCE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(VECTORED_READS_WAITING),
                task -> {
                    Thread thread = new Thread(task, "swarm-vectored-read-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
        readers.allowCoreThreadTimeOut(true);
        return readers;
    }

    @Override
    public void close() {
        List<Runnable> waiting = reads.shutdownNow();
        grid.client().close();
        waiting.forEach(Runnable::run); // so that each says to its caller that it is too late
    }
}
