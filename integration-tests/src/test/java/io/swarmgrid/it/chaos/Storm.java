package io.swarmgrid.it.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Faults one after the other in an order that a seed decides, each kind once before any comes again. */
final class Storm {
    /** So long nothing happens before each fault: part of the schedule, not a wait for anything. */
    private static final long SHORTEST_CALM_MS = 1_500;

    private static final long LONGEST_CALM_MS = 4_000;

    private final Arena arena;
    private final List<Fault> kinds;
    private final Random random;
    private final Map<String, Integer> counts = new TreeMap<>();

    Storm(Arena arena, List<Fault> kinds, Random random) {
        this.arena = arena;
        this.kinds = List.copyOf(kinds);
        this.random = random;
    }

    /** Strikes until the time is over; the grid is whole then. */
    void rage(Duration length) throws Exception {
        long deadline = System.nanoTime() + length.toNanos();
        while (true) {
            List<Fault> round = new ArrayList<>(kinds);
            Collections.shuffle(round, random);
            for (Fault fault : round) {
                if (System.nanoTime() - deadline >= 0) {
                    return;
                }
                Thread.sleep(random.nextLong(SHORTEST_CALM_MS, LONGEST_CALM_MS));
                long began = System.nanoTime();
                fault.strike(arena, random);
                arena.awaitWhole(fault.name());
                counts.merge(fault.name(), 1, Integer::sum);
                System.out.printf("%-44s %6.1f s%n", fault.name(), (System.nanoTime() - began) / 1e9);
            }
        }
    }

    /** How many faults of each kind there were. */
    Map<String, Integer> counts() {
        return Collections.unmodifiableMap(counts);
    }
}
