package io.swarmgrid.node.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of all rounds of one part, by what was measured and by who did it. Used by one thread. */
final class Tally {
    private final String part;
    private final Map<String, Map<String, Line>> lines = new LinkedHashMap<>();

    private record Line(String unit, List<Double> figures) {}

    Tally(String part) {
        this.part = part;
    }

    void add(String what, String who, String unit, double figure) {
        lines.computeIfAbsent(what, each -> new LinkedHashMap<>())
                .computeIfAbsent(who, each -> new Line(unit, new ArrayList<>()))
                .figures()
                .add(figure);
    }

    /** In the order in which they came: the lines of whatever was measured, then the ratios of ours to the peers'. */
    List<Result> results() {
        List<Result> results = new ArrayList<>();
        lines.forEach((what, byWho) -> {
            List<Result> own = new ArrayList<>();
            List<Result> peers = new ArrayList<>();
            byWho.forEach((who, line) ->
                    (isOwn(who) ? own : peers).add(Result.of(part, what, who, line.unit(), line.figures())));
            results.addAll(own);
            results.addAll(peers);
            for (Result peer : peers) {
                for (Result mine : own) {
                    results.add(mine.beside(peer));
                }
            }
        });
        return results;
    }

    private static boolean isOwn(String who) {
        return who.startsWith("swarm");
    }
}
