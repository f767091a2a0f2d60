package io.swarmgrid.node.bench;

import io.swarmgrid.node.bench.worker.Order;
import io.swarmgrid.node.bench.worker.Order.Kind;
import io.swarmgrid.node.cli.Output;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files of 4 KB from eight threads: what a second sees of each call. */
final class SmallFilesBench {
    private static final String SMALL = "/small";
    private static final String EMPTY = "/empty";
    private static final int THREADS = 8;
    /** Warming up works on fewer files, more often. */
    private static final int WARM_UP_SHARE = 2;

    private static final int FILE_BYTES = 4000;
    private static final Map<Kind, String> CALLS = calls();

    private final Arena arena;
    private final StorageScale scale;
    private final Output output;
    private final Tally tally;

    SmallFilesBench(Arena arena, StorageScale scale, Output output, Tally tally) {
        this.arena = arena;
        this.scale = scale;
        this.output = output;
        this.tally = tally;
    }

    private static Map<Kind, String> calls() {
        Map<Kind, String> calls = new LinkedHashMap<>();
        calls.put(Kind.CREATE, "create 4 KB");
        calls.put(Kind.OPEN_READ, "open + read 4 KB");
        calls.put(Kind.STAT, "stat");
        calls.put(Kind.LIST, "list, entries");
        calls.put(Kind.RENAME, "rename");
        calls.put(Kind.REMOVE, "delete");
        return calls;
    }

    void run() throws IOException, InterruptedException {
        output.say("files, " + arena.label() + ": warming up");
        WarmUp.by(() -> round(scale.files() / WARM_UP_SHARE, false));
        for (int round = 1; round <= scale.rounds(); round++) {
            output.say("files, " + arena.label() + ": round " + round + " of " + scale.rounds());
            round(scale.files(), true);
        }
    }

    private void round(int files, boolean counts) throws IOException, InterruptedException {
        for (Map.Entry<Kind, String> call : CALLS.entrySet()) {
            measure(Order.files(call.getKey(), SMALL, FILE_BYTES, files, THREADS), counts ? call.getValue() : "");
        }
        measure(Order.files(Kind.CREATE, EMPTY, 0, files, THREADS), counts ? "create empty" : "");
        for (Arena.Contestant each : arena.services()) {
            each.worker().run(Order.clear(each.root()));
        }
    }

    /** @param what empty where it does not count */
    private void measure(Order order, String what) throws IOException, InterruptedException {
        for (Arena.Contestant each : arena.services()) {
            double rate = each.worker().rate(order.below(each.root()));
            if (!what.isEmpty()) {
                tally.add(what + ", " + arena.label(), each.name(), "/s", rate);
            }
        }
    }
}
