package io.swarmgrid.node.bench;

import io.swarmgrid.node.bench.worker.Order;
import io.swarmgrid.node.cli.Output;
import java.io.IOException;
import java.util.List;

/** One large file written and synced, read from the disk, and read from memory. */
final class StreamBench {
    private static final String FILE = "/file";
    private static final String UNIT = "B/s";
    private final Arena arena;
    private final StorageScale scale;
    private final Output output;
    private final Tally tally;
    private final PageCache cache;

    StreamBench(Arena arena, StorageScale scale, Output output, Tally tally, PageCache cache) {
        this.arena = arena;
        this.scale = scale;
        this.output = output;
        this.tally = tally;
        this.cache = cache;
    }

    void run(int replicas) throws IOException, InterruptedException {
        List<Arena.Contestant> contestants = replicas == 1 ? arena.contestants() : arena.services();
        String where = replicas + (replicas == 1 ? " replica, " : " replicas, ") + arena.label();
        output.say("stream, " + where + ": warming up");
        cache.fill();
        WarmUp.by(() -> {
            for (Arena.Contestant each : contestants) {
                each.worker().run(Order.write(each.root() + FILE, scale.fileBytes(), replicas));
                each.worker().run(Order.read(each.root() + FILE, scale.fileBytes()));
                each.worker().run(Order.clear(each.root()));
            }
        });
        for (int round = 1; round <= scale.rounds(); round++) {
            output.say("stream, " + where + ": round " + round + " of " + scale.rounds());
            cache.fill();
            round(contestants, replicas, where);
        }
    }

    private void round(List<Arena.Contestant> contestants, int replicas, String where)
            throws IOException, InterruptedException {
        for (Arena.Contestant each : contestants) {
            double rate = each.worker().rate(Order.write(each.root() + FILE, scale.fileBytes(), replicas));
            tally.add("write + hsync, " + where, each.name(), UNIT, rate);
        }
        PageCache.evict(arena.directory(), arena.directory().resolve("evict.log"));
        for (String state : List.of("cold", "warm")) {
            for (Arena.Contestant each : contestants) {
                double rate = each.worker().rate(Order.read(each.root() + FILE, scale.fileBytes()));
                tally.add("read " + state + ", " + where, each.name(), UNIT, rate);
            }
        }
        for (Arena.Contestant each : contestants) {
            each.worker().run(Order.clear(each.root()));
        }
    }
}
