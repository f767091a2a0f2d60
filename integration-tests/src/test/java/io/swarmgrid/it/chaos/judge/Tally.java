package io.swarmgrid.it.chaos.judge;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How many calls of each kind had which outcome, as a table. */
public final class Tally {
    private final Map<String, Map<Outcome, Integer>> counts = new TreeMap<>();

    public Tally(List<Operation> operations) {
        Set<Long> counted = new HashSet<>();
        for (Operation operation : operations) {
            if (counted.add(operation.call())) {
                counts.computeIfAbsent(operation.kind(), kind -> new EnumMap<>(Outcome.class))
                        .merge(operation.outcome(), 1, Integer::sum);
            }
        }
    }

    public int count(String kind, Outcome outcome) {
        return counts.getOrDefault(kind, Map.of()).getOrDefault(outcome, 0);
    }

    /** A line for each kind, and one with the sums. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        line(table, "operation", "ok", "refused", "unknown");
        counts.keySet()
                .forEach(kind -> line(
                        table,
                        kind,
                        count(kind, Outcome.OK),
                        count(kind, Outcome.REFUSED),
                        count(kind, Outcome.UNKNOWN)));
        line(table, "all", sum(Outcome.OK), sum(Outcome.REFUSED), sum(Outcome.UNKNOWN));
        return table.toString();
    }

    private int sum(Outcome outcome) {
        return counts.values().stream()
                .mapToInt(each -> each.getOrDefault(outcome, 0))
                .sum();
    }

    private static void line(StringBuilder table, Object kind, Object ok, Object refused, Object unknown) {
        table.append(String.format(Locale.ROOT, "%-24s %8s %8s %8s%n", kind, ok, refused, unknown));
    }
}
