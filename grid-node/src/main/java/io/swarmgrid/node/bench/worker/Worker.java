package io.swarmgrid.node.bench.worker;

import io.swarmgrid.client.wire.Json;
import io.swarmgrid.node.cli.Parallel;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Works orders off on one store and says how long they took. */
public final class Worker {
    /** Of most work: bytes, files or entries a second. */
    public static final String RATE = "rate";
    /** Half of the reads took no more microseconds. */
    public static final String MEDIAN = "median";
    /** Of a hundred reads one took more microseconds. */
    public static final String P99 = "p99";

    private static final int READ_BYTES = 1 << 20;

    private final Store store;

    Worker(Store store) {
        this.store = store;
    }

    /** Takes orders, a line each, until there are no more. What fails is answered, too. */
    public static void serve(Store store, InputStream orders, PrintStream answers) throws IOException {
        Worker worker = new Worker(store);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(orders, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.println(Json.text(worker.answer(line)));
                answers.flush();
            }
        }
    }

    private Answer answer(String line) {
        try {
            return new Answer(run(Json.read(line.getBytes(StandardCharsets.UTF_8), Order.class)), null);
        } catch (Exception e) {
            return new Answer(Map.of(), line + ": " + e);
        }
    }

    Map<String, Double> run(Order order) throws Exception {
        return switch (order.kind()) {
            case WRITE -> write(order);
            case READ -> read(order);
            case READ_AGAIN -> readAgain(order);
            case WRITE_FILES, READ_FILES -> eachThread(order);
            case RANGES -> new RandomReads(store, order).ranges();
            case TABLE -> new FlightsTable(store).write(order.path());
            case SCAN -> new FlightsTable(store).scan(order.path());
            case RANDOM -> new RandomReads(store, order).run();
            case CREATE, CREATE_TOGETHER, OPEN_READ, STAT, LIST, RENAME, REMOVE -> new SmallFiles(store, order).run();
            case CLEAR -> clear(order);
        };
    }

    private Map<String, Double> write(Order order) throws IOException {
        Content content = new Content(order.bytes());
        long start = System.nanoTime();
        store.writeDurably(order.path(), order.replicas(), content);
        return rate(order.bytes(), start);
    }

    private Map<String, Double> read(Order order) throws IOException {
        long start = System.nanoTime();
        return rate(readWhole(order.path(), order.bytes()), start);
    }

    private long readWhole(String path, long bytes) throws IOException {
        byte[] buffer = new byte[READ_BYTES];
        long read = 0;
        try (Store.Reader reader = store.open(path)) {
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                read += count;
            }
        }
        if (read != bytes) {
            throw new EOFException("read " + read + " bytes of " + bytes);
        }
        return read;
    }

    private Map<String, Double> readAgain(Order order) throws IOException {
        byte[] buffer = new byte[READ_BYTES];
        long start = 0;
        try (Store.Reader reader = store.open(order.path())) {
            for (int time = 0; time < 2; time++) {
                start = System.nanoTime();
                for (long at = 0; at <= order.bytes() - READ_BYTES; at += READ_BYTES) {
                    reader.readAt(at, buffer);
                }
            }
        }
        return rate(order.bytes() / READ_BYTES * READ_BYTES, start);
    }

    private Map<String, Double> eachThread(Order order) throws Exception {
        boolean writes = order.kind() == Order.Kind.WRITE_FILES;
        Content content = new Content(writes ? order.bytes() : 0);
        if (writes) {
            store.makeDirectories(order.path());
        }
        List<Integer> threads = IntStream.range(0, order.threads()).boxed().toList();
        long start = System.nanoTime();
        Parallel.each("streams", order.threads(), threads, thread -> {
            String file = order.path() + "/" + thread;
            if (writes) {
                store.writeDurably(file, order.replicas(), content);
            } else {
                readWhole(file, order.bytes());
            }
        });
        return rate(order.bytes() * order.threads(), start);
    }

    private Map<String, Double> clear(Order order) throws IOException {
        long start = System.nanoTime();
        store.removeTree(order.path());
        return rate(1, start);
    }

    static Map<String, Double> rate(long done, long startNanos) {
        return Map.of(RATE, done / ((System.nanoTime() - startNanos) / 1e9));
    }
}
