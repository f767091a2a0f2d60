package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Several writers at once, each writing one file after the other, pieces and flushes as chance has it: whatever happens to the grid
 * meanwhile happens to one that makes a file, one that writes, one that flushes and one that closes. What was flushed is looked for at once.
 */
public final class LastingWriters implements AutoCloseable {
    private static final int WRITERS = 4;
    private static final int MOST_BYTES = 6 << 20;
    private static final int MOST_PIECE_BYTES = 400_000;
    private static final long PATIENCE_SECONDS = 120;

    private final long seed;
    private final Files files;
    private final Map<String, Integer> written = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    private final List<Future<Void>> ends = new ArrayList<>();
    private volatile boolean last;

    /** The files, in the way that they are to be written and read. */
    public interface Files {
        Output create(String path) throws IOException;

        /** How much of a file is seen by others. */
        long length(String path) throws IOException;

        byte[] read(String path) throws IOException;
    }

    /** A file that is being written. */
    public interface Output extends AutoCloseable {
        void write(byte[] content, int offset, int length) throws IOException;

        void flush() throws IOException;

        /** Completes the file. */
        void commit() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** @param directory where the files are to be */
    public LastingWriters(long seed, String directory, Files files) {
        this.seed = seed;
        this.files = files;
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            Callable<Void> work = () -> {
                write(directory + "/" + writer + "-", new Random(seed + writer));
                return null;
            };
            ends.add(threads.submit(work));
        }
    }

    /** How much has been written by all of them. */
    public long bytes() {
        return bytes.get();
    }

    /** Lets each complete the file that it is at, and verifies all. */
    public void finish() throws Exception {
        last = true;
        for (Future<Void> end : ends) {
            end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        for (Map.Entry<String, Integer> file : written.entrySet()) {
            assertThat(files.read(file.getKey()))
                    .as("seed=%s %s", seed, file.getKey())
                    .isEqualTo(content(file.getKey(), file.getValue()));
        }
    }

    private void write(String prefix, Random random) throws IOException {
        for (int number = 0; !last; number++) {
            String path = prefix + number;
            byte[] content = content(path, random.nextInt(MOST_BYTES));
            try (Output output = files.create(path)) {
                for (int at = 0; at < content.length; ) {
                    int count = Math.min(content.length - at, random.nextInt(1, MOST_PIECE_BYTES));
                    output.write(content, at, count);
                    at += count;
                    bytes.addAndGet(count);
                    if (random.nextInt(4) == 0) {
                        output.flush();
                        assertThat(files.length(path))
                                .as("seed=%s %s", seed, path)
                                .isEqualTo(at);
                    }
                }
                output.commit();
            }
            written.put(path, content.length);
        }
    }

    private byte[] content(String path, int length) {
        byte[] content = new byte[length];
        new Random(seed ^ path.hashCode()).nextBytes(content);
        return content;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
