package io.swarmgrid.node.bench;

import io.swarmgrid.node.bench.worker.Order;
import io.swarmgrid.node.bench.worker.Worker;
import io.swarmgrid.node.cli.Output;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads of 64 KiB at random places of one file that is in memory. */
final class RandomBench {
    private static final String FILE = "/file";
    private static final List<Integer> THREADS = List.of(1, 8);
    private final Arena arena;
    private final StorageScale scale;
    private final Output output;
    private final Tally tally;

    RandomBench(Arena arena, StorageScale scale, Output output, Tally tally) {
        this.arena = arena;
        this.scale = scale;
        this.output = output;
        this.tally = tally;
    }

    void run() throws IOException, InterruptedException {
        for (Arena.Contestant each : arena.contestants()) {
            each.worker().run(Order.write(each.root() + FILE, scale.fileBytes(), 1));
        }
        output.say("random: warming up");
        WarmUp.by(() -> round(false));
        for (int round = 1; round <= scale.rounds(); round++) {
            output.say("random: round " + round + " of " + scale.rounds());
            round(true);
        }
        for (Arena.Contestant each : arena.contestants()) {
            each.worker().run(Order.clear(each.root()));
        }
    }

    private void round(boolean counts) throws IOException, InterruptedException {
        for (int threads : THREADS) {
            int reads = scale.randomReads() / threads;
            for (Arena.Contestant each : arena.contestants()) {
                Map<String, Double> figures =
                        each.worker().run(Order.random(each.root() + FILE, scale.fileBytes(), reads, threads));
                if (counts) {
                    String what = "64 KiB at random, " + threads + (threads == 1 ? " thread, " : " threads, ");
                    add(what + "p50", each, figures, Worker.MEDIAN);
                    add(what + "p99", each, figures, Worker.P99);
                }
            }
        }
    }

    private void add(String what, Arena.Contestant who, Map<String, Double> figures, String figure) {
        tally.add(what, who.name(), "µs", Objects.requireNonNull(figures.get(figure)));
    }
}
