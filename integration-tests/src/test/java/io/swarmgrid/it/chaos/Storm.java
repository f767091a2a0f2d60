package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.Fault.Company;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Faults in an order that a seed decides, each kind once before any comes again. Confined to one thread. */
final class Storm {
    /** So long nothing happens before each fault: part of the schedule, not a wait for anything. */
    private static final long SHORTEST_CALM_MS = 1_500;

    private static final long LONGEST_CALM_MS = 4_000;
    /** How often a kind is tried that did not find its moment. */
    private static final int TRIES = 3;

    private final Arena arena;
    private final List<Fault> kinds;
    private final Random random;
    private final Map<String, Integer> counts = new TreeMap<>();

    Storm(Arena arena, List<Fault> kinds, Random random) {
        this.arena = arena;
        this.kinds = List.copyOf(kinds);
        this.random = random;
        kinds.forEach(kind -> counts.put(kind.name(), 0));
    }

    /**
     * Strikes one fault after the other until the time is over and each kind has struck so often; the grid is whole then.
     *
     * @param atLeast how often each kind is to strike; those that do not find their moment are given up after so many tries as
     *     that takes in all likelihood
     */
    void rage(Duration length, int atLeast) throws Exception {
        long deadline = System.nanoTime() + length.toNanos();
        for (int round = 0; round < atLeast || System.nanoTime() - deadline < 0; round++) {
            List<Fault> all = new ArrayList<>(kinds);
            Collections.shuffle(all, random);
            for (Fault fault : all) {
                if (round >= atLeast && System.nanoTime() - deadline >= 0) {
                    break;
                }
                calm(LONGEST_CALM_MS);
                blow(List.of(fault));
            }
        }
        strikeMissing(atLeast);
    }

    /** Strikes each kind once, as many in one go as can be; the grid is whole then. */
    void once() throws Exception {
        Map<Company, List<Fault>> companies = new EnumMap<>(Company.class);
        kinds.forEach(kind -> companies
                .computeIfAbsent(kind.company(), none -> new ArrayList<>())
                .add(kind));
        List<List<Fault>> goes = new ArrayList<>();
        List<Fault> alone = companies.remove(Company.ALONE);
        if (alone != null) {
            alone.forEach(each -> goes.add(List.of(each)));
        }
        goes.addAll(companies.values());
        Collections.shuffle(goes, random);
        for (List<Fault> together : goes) {
            calm(SHORTEST_CALM_MS + 1);
            blow(together);
        }
        strikeMissing(1);
    }

    /** How many faults of each kind there were; 0 for those that did not find their moment. */
    Map<String, Integer> counts() {
        return Collections.unmodifiableMap(counts);
    }

    private void strikeMissing(int atLeast) throws Exception {
        for (int tries = 1; tries < TRIES; tries++) {
            for (Fault kind : kinds) {
                if (counts.getOrDefault(kind.name(), 0) < atLeast) {
                    calm(SHORTEST_CALM_MS + 1);
                    blow(List.of(kind));
                }
            }
        }
    }

    private void calm(long longestMs) throws InterruptedException {
        Thread.sleep(random.nextLong(SHORTEST_CALM_MS, longestMs));
    }

    /** One go: the faults, and what it takes until all is well again. */
    private void blow(List<Fault> faults) throws Exception {
        String names = faults.stream().map(Fault::name).collect(Collectors.joining(", "));
        long began = System.nanoTime();
        for (Fault fault : faults) {
            fault.lookOut(arena);
        }
        if (faults.get(0).company() == Company.LIGHT) {
            atOnce(faults);
        } else {
            for (Fault fault : faults) {
                count(fault, fault.strike(arena, random));
            }
        }
        if (faults.get(0).company() == Company.DAMAGE) {
            arena.awaitMended(names);
        }
        arena.awaitWhole(names);
        System.out.printf("%6.1f s  %s%n", (System.nanoTime() - began) / 1e9, names);
    }

    /** Those of one class one after the other: they are done to one thing. */
    private void atOnce(List<Fault> faults) throws Exception {
        Collection<List<Fault>> byClass = faults.stream()
                .collect(Collectors.groupingBy(Fault::getClass, LinkedHashMap::new, Collectors.toList()))
                .values();
        ExecutorService threads = Executors.newFixedThreadPool(byClass.size());
        try {
            List<Future<Map<Fault, Boolean>>> blows = new ArrayList<>();
            for (List<Fault> some : byClass) {
                Random own = new Random(random.nextLong());
                blows.add(threads.submit(() -> strikeAll(some, own)));
            }
            for (Future<Map<Fault, Boolean>> blow : blows) {
                blow.get().forEach(this::count);
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a fault failed: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private Map<Fault, Boolean> strikeAll(List<Fault> some, Random own) throws Exception {
        Map<Fault, Boolean> struck = new LinkedHashMap<>();
        for (Fault fault : some) {
            struck.put(fault, fault.strike(arena, own));
        }
        return struck;
    }

    private void count(Fault fault, boolean struck) {
        counts.merge(fault.name(), struck ? 1 : 0, Integer::sum);
        if (!struck) {
            System.out.println("did not find its moment: " + fault.name());
        }
    }
}
