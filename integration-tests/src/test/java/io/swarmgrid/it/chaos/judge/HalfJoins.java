package io.swarmgrid.it.chaos.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds joins of unknown outcome that took place by half: each piece that was to be added is in the end at its source or in the
 * target, and all of them at the same. Sources and target are files that nothing but joins takes away.
 */
final class HalfJoins {
    private final Map<String, List<Operation>> byPath;

    private HalfJoins(Map<String, List<Operation>> byPath) {
        this.byPath = byPath;
    }

    static List<Finding> findings(Map<String, List<Operation>> byPath) {
        HalfJoins rule = new HalfJoins(byPath);
        Map<Long, List<Operation>> calls = byPath.values().stream()
                .flatMap(List::stream)
                .filter(operation -> operation.outcome() == Outcome.UNKNOWN)
                .collect(Collectors.groupingBy(Operation::call));
        List<Finding> findings = new ArrayList<>();
        calls.values().forEach(parts -> parts.stream()
                .filter(part -> part.effect() instanceof Effect.Join)
                .forEach(target -> rule.judge(target, parts).ifPresent(findings::add)));
        return findings;
    }

    private Optional<Finding> judge(Operation target, List<Operation> parts) {
        List<Long> pieces = ((Effect.Join) target.effect()).pieces();
        Optional<Version> held = lastSeen(target.path());
        if (held.isEmpty() || held.get().isAbsent()) {
            return Optional.empty();
        }
        boolean joined = Set.copyOf(held.get().pieces()).containsAll(pieces);
        List<String> wrong = new ArrayList<>();
        for (Operation source : parts) {
            if (source.effect() instanceof Effect.Remove && isWrong(source, joined)) {
                wrong.add(source.path());
            }
        }
        if (wrong.isEmpty()) {
            return Optional.empty();
        }
        String what = held.get() + " is at the target, and " + (joined ? "still there: " : "gone: ") + wrong;
        return Optional.of(new Finding(Breach.HALF_JOINED, target.path(), what, around(target, wrong)));
    }

    /** Where its put was acknowledged; one of unknown outcome may never have been there. */
    private boolean isWrong(Operation source, boolean joined) {
        boolean there = lastSeen(source.path()).filter(seen -> !seen.isAbsent()).isPresent();
        boolean wasThere = of(source.path()).stream()
                .anyMatch(
                        each -> each.isAcknowledged() && each.effect().brings().isPresent());
        return joined ? there : !there && wasThere;
    }

    private Optional<Version> lastSeen(String path) {
        return of(path).stream()
                .filter(each -> each.outcome() == Outcome.OK && each.effect() instanceof Effect.Saw)
                .max(Comparator.comparingLong(Operation::returnedNanos))
                .flatMap(
                        each -> ((Effect.Saw) each.effect()).versions().stream().findFirst());
    }

    private List<Operation> around(Operation target, List<String> sources) {
        List<Operation> slice = new ArrayList<>(of(target.path()));
        sources.forEach(source -> slice.addAll(of(source)));
        slice.sort(Comparator.comparingLong(Operation::invokedNanos));
        return slice;
    }

    private List<Operation> of(String path) {
        return byPath.getOrDefault(path, List.of());
    }
}
