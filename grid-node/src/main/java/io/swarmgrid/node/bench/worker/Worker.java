package io.swarmgrid.node.bench.worker;

import io.swarmgrid.client.wire.Json;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

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
            case RANDOM -> new RandomReads(store, order).run();
            case CREATE, OPEN_READ, STAT, LIST, RENAME, REMOVE -> new SmallFiles(store, order).run();
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
        byte[] buffer = new byte[READ_BYTES];
        long start = System.nanoTime();
        long read = 0;
        try (Store.Reader reader = store.open(order.path())) {
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                read += count;
            }
        }
        if (read != order.bytes()) {
            throw new EOFException("read " + read + " bytes of " + order.bytes());
        }
        return rate(read, start);
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
