package io.swarmgrid.node.bench.worker;

import io.swarmgrid.node.cli.Parallel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Reads of 64 KiB at random places of one file, each thread over a reader of its own. */
final class RandomReads {
    private static final int READ_BYTES = 64 << 10;
    private static final int RANGES = 100;
    private static final double MICRO_NANOS = 1e3;

    private final Store store;
    private final Order order;

    RandomReads(Store store, Order order) {
        if (order.bytes() < READ_BYTES || order.count() < 1) {
            throw new IllegalArgumentException("nothing to read at random: " + order);
        }
        this.store = store;
        this.order = order;
    }

    Map<String, Double> run() throws Exception {
        long[] nanos = new long[order.threads() * order.count()];
        List<Integer> threads = IntStream.range(0, order.threads()).boxed().toList();
        Parallel.each("random", order.threads(), threads, thread -> read(thread, nanos));
        Arrays.sort(nanos);
        return Map.of(
                Worker.MEDIAN, percentile(nanos, 50) / MICRO_NANOS, Worker.P99, percentile(nanos, 99) / MICRO_NANOS);
    }

    /** Reads of {@link #RANGES} places at once, no two of which overlap, by one reader. */
    Map<String, Double> ranges() throws IOException {
        long slot = order.bytes() / RANGES;
        if (slot < READ_BYTES) {
            throw new IllegalArgumentException("too small for " + RANGES + " ranges: " + order);
        }
        SplittableRandom random = new SplittableRandom(order.count());
        long[] places = new long[RANGES];
        byte[][] targets = new byte[RANGES][READ_BYTES];
        long start = System.nanoTime();
        try (Store.Reader reader = store.open(order.path())) {
            for (int i = 0; i < order.count(); i++) {
                for (int range = 0; range < RANGES; range++) {
                    places[range] = range * slot + random.nextLong(slot - READ_BYTES + 1);
                }
                reader.readRanges(places, targets);
            }
        }
        return Worker.rate((long) order.count() * RANGES * READ_BYTES, start);
    }

    private void read(int thread, long[] nanos) throws Exception {
        SplittableRandom random = new SplittableRandom(thread);
        byte[] buffer = new byte[READ_BYTES];
        try (Store.Reader reader = store.open(order.path())) {
            for (int i = 0; i < order.count(); i++) {
                long place = random.nextLong(order.bytes() - READ_BYTES + 1);
                long start = System.nanoTime();
                reader.readAt(place, buffer);
                nanos[thread * order.count() + i] = System.nanoTime() - start;
            }
        }
    }

    /** The smallest of the sorted numbers that so many per cent do not exceed. */
    static long percentile(long[] sorted, int percent) {
        int rank = (int) Math.ceil(sorted.length * percent / 100.0);
        return sorted[Math.max(0, rank - 1)];
    }
}
