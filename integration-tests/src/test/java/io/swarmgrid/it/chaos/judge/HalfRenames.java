package io.swarmgrid.it.chaos.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds renames of unknown outcome that took place by half. Each of their two paths may be right by itself, so they are looked
 * at together: what was to move is in the end at one of them, where nothing else can have taken it away.
 */
final class HalfRenames {
    private final Map<String, List<Operation>> byPath;

    private HalfRenames(Map<String, List<Operation>> byPath) {
        this.byPath = byPath;
    }

    static List<Finding> findings(Map<String, List<Operation>> byPath) {
        HalfRenames rule = new HalfRenames(byPath);
        Map<Long, List<Operation>> calls = byPath.values().stream()
                .flatMap(List::stream)
                .filter(operation -> operation.outcome() == Outcome.UNKNOWN)
                .collect(Collectors.groupingBy(Operation::call));
        List<Finding> findings = new ArrayList<>();
        calls.values().forEach(parts -> findings.addAll(rule.judgeAll(parts)));
        return findings;
    }

    /** A directory, and each file in it: in the order of their paths, which is the same on both sides. */
    private List<Finding> judgeAll(List<Operation> parts) {
        List<Operation> from = parts.stream()
                .filter(part -> part.effect() instanceof Effect.Remove)
                .toList();
        List<Operation> to = parts.stream()
                .filter(part -> part.effect().brings().isPresent())
                .toList();
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < Math.min(from.size(), to.size()); i++) {
            judge(from.get(i), to.get(i)).ifPresent(findings::add);
        }
        return findings;
    }

    private Optional<Finding> judge(Operation from, Operation to) {
        Version moved = to.effect().brings().orElseThrow();
        Version atSource = lastSeen(from.path());
        Version atTarget = lastSeen(to.path());
        if (atSource.equals(moved) && atTarget.equals(moved)) {
            return Optional.of(finding(from, to, moved + " is at both names"));
        }
        boolean explained = changed(from, moved) || changed(to, moved);
        if (!atSource.equals(moved) && !atTarget.equals(moved) && !explained && wasThere(from.path(), moved)) {
            return Optional.of(finding(from, to, moved + " is at neither name"));
        }
        return Optional.empty();
    }

    /** Whether something else may have taken away what was moved. */
    private boolean changed(Operation part, Version moved) {
        return of(part.path()).stream()
                .anyMatch(each -> each.changes()
                        && each.call() != part.call()
                        && !each.effect().brings().equals(Optional.of(moved)));
    }

    private boolean wasThere(String path, Version moved) {
        return of(path).stream()
                .anyMatch(
                        each -> each.isAcknowledged() && each.effect().brings().equals(Optional.of(moved)));
    }

    private Version lastSeen(String path) {
        return of(path).stream()
                .filter(each -> each.outcome() == Outcome.OK && each.effect() instanceof Effect.Saw)
                .max(Comparator.comparingLong(Operation::returnedNanos))
                .flatMap(
                        each -> ((Effect.Saw) each.effect()).versions().stream().findFirst())
                .orElse(Version.ABSENT);
    }

    private Finding finding(Operation from, Operation to, String what) {
        List<Operation> slice = new ArrayList<>(of(from.path()));
        slice.addAll(of(to.path()));
        slice.sort(Comparator.comparingLong(Operation::invokedNanos));
        return new Finding(Breach.HALF_RENAMED, from.path() + " to " + to.path(), what, slice);
    }

    private List<Operation> of(String path) {
        return byPath.getOrDefault(path, List.of());
    }
}
