package io.swarmgrid.node.bench;

import io.swarmgrid.node.bench.worker.Order;
import io.swarmgrid.node.bench.worker.Order.Kind;
import io.swarmgrid.node.bench.worker.Worker;
import io.swarmgrid.node.cli.Output;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What programs ask of a file system of Hadoop: the same calls to the grid and to HDFS, and what has a peer there, to plain files. */
final class HadoopBench {
    private static final String FILE = "/file";
    private static final String STREAMS = "/streams";
    private static final String TABLE = "/flights.parquet";
    private static final String SMALL = "/small";
    private static final String BYTES = "B/s";
    private static final String EACH = "/s";
    private static final int STREAM_COUNT = 4;
    private static final int THREADS = 8;
    private static final int RANGE_ROUNDS_SHARE = 50;

    private final List<Arena.Contestant> all;
    private final List<Arena.Contestant> services;
    private final StorageScale scale;
    private final Output output;
    private final Tally tally;
    private final PageCache cache;

    HadoopBench(Arena arena, StorageScale scale, Output output, Tally tally, PageCache cache) {
        this.all = arena.contestants().stream()
                .filter(each -> !each.name().equals(Arena.SWARM))
                .toList();
        this.services = all.stream().filter(each -> !each.isPlain()).toList();
        this.scale = scale;
        this.output = output;
        this.tally = tally;
        this.cache = cache;
    }

    void run() throws IOException, InterruptedException {
        output.say("hadoop: warming up");
        cache.fill();
        WarmUp.by(() -> round(scale.files() / 2, false));
        for (int round = 1; round <= scale.rounds(); round++) {
            output.say("hadoop: round " + round + " of " + scale.rounds());
            cache.fill();
            round(scale.files(), true);
        }
    }

    private void round(int files, boolean counts) throws IOException, InterruptedException {
        Round round = new Round(counts);
        long bytes = scale.fileBytes();
        round.rate(all, "write + hsync", BYTES, Order.write(FILE, bytes, 1));
        round.rate(all, "read, each byte checked", BYTES, Order.read(FILE, bytes));
        round.rate(all, "read again, checked before", BYTES, new Order(Kind.READ_AGAIN, FILE, bytes, 1, 1, 1));
        round.random(Order.random(FILE, bytes, scale.randomReads(), 1));
        round.random(Order.random(FILE, bytes, scale.randomReads() / THREADS, THREADS));
        round.rate(
                all,
                "100 ranges of 64 KiB at once",
                BYTES,
                new Order(Kind.RANGES, FILE, bytes, Math.max(1, scale.randomReads() / RANGE_ROUNDS_SHARE), 1, 1));
        long part = bytes / STREAM_COUNT;
        round.rate(all, "write + hsync, 4 files", BYTES, Order.each(Kind.WRITE_FILES, STREAMS, part, STREAM_COUNT));
        round.rate(all, "read, 4 files", BYTES, Order.each(Kind.READ_FILES, STREAMS, part, STREAM_COUNT));
        for (Arena.Contestant each : services) {
            each.worker().run(Order.of(Kind.TABLE, each.root() + TABLE));
        }
        round.rate(services, "Parquet, 3 columns, rows", EACH, Order.of(Kind.SCAN, TABLE));
        String creates = "create empty, 8 threads, one directory";
        round.rate(services, creates, EACH, Order.files(Kind.CREATE_TOGETHER, SMALL, 0, files, THREADS));
        round.rate(services, "list that directory, entries", EACH, Order.files(Kind.LIST, SMALL, 0, files, 1));
        for (Arena.Contestant each : all) {
            each.worker().run(Order.clear(each.root()));
        }
    }

    /** One round, whose figures may count or not. */
    private final class Round {
        private final boolean counts;

        Round(boolean counts) {
            this.counts = counts;
        }

        void rate(List<Arena.Contestant> who, String what, String unit, Order order)
                throws IOException, InterruptedException {
            for (Arena.Contestant each : who) {
                add(what, each, unit, each.worker().rate(order.below(each.root())));
            }
        }

        void random(Order order) throws IOException, InterruptedException {
            String threads = order.threads() == 1 ? "1 thread" : order.threads() + " threads";
            for (Arena.Contestant each : all) {
                Map<String, Double> figures = each.worker().run(order.below(each.root()));
                for (String figure : List.of(Worker.MEDIAN, Worker.P99)) {
                    String name = figure.equals(Worker.P99) ? "p99" : "p50";
                    add(
                            "64 KiB at random, " + threads + ", " + name,
                            each,
                            "µs",
                            Objects.requireNonNull(figures.get(figure)));
                }
            }
        }

        private void add(String what, Arena.Contestant who, String unit, double figure) {
            if (counts) {
                tally.add(what, who.name(), unit, figure);
            }
        }
    }
}
