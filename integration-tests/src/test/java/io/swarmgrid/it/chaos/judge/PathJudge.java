package io.swarmgrid.it.chaos.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the operations on one path, and gives what is wrong with them its name. */
final class PathJudge {
    private static final int MAX_STATES = 300_000;
    /** So many operations before the one that does not fit are shown. */
    private static final int SHOWN_BEFORE = 8;

    private final String path;
    private final List<Operation> operations;

    PathJudge(String path, List<Operation> operations) {
        this.path = path;
        this.operations = operations.stream()
                .sorted(Comparator.comparingLong(Operation::invokedNanos))
                .toList();
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        List<Operation> rest = new ArrayList<>();
        Set<Version> brought = brought();
        for (Operation operation : operations) {
            Finding finding = impossible(operation, brought);
            if (finding == null) {
                rest.add(operation);
            } else {
                findings.add(finding);
            }
        }
        order(rest).ifPresent(findings::add);
        return findings;
    }

    /** All that can ever be there. */
    private Set<Version> brought() {
        Set<Version> brought = new HashSet<>();
        brought.add(Version.ABSENT);
        operations.stream().filter(Operation::changes).forEach(operation -> {
            operation.effect().brings().ifPresent(brought::add);
            if (operation.effect().alters()) {
                Set<Version> altered = new HashSet<>();
                brought.forEach(before -> operation.effect().on(before).ifPresent(altered::add));
                brought.addAll(altered);
            }
        });
        return brought;
    }

    /** What is wrong with an operation whatever the others are; null where nothing is. */
    private @Nullable Finding impossible(Operation operation, Set<Version> brought) {
        if (operation.effect() instanceof Effect.SawTorn torn) {
            return new Finding(Breach.TORN_CONTENT, path, torn.what(), around(operation));
        }
        if (operation.effect() instanceof Effect.Saw saw
                && saw.versions().stream().noneMatch(brought::contains)) {
            return new Finding(
                    Breach.FOREIGN_CONTENT, path, "nobody put there, or was refused to: " + saw, around(operation));
        }
        return null;
    }

    private Optional<Finding> order(List<Operation> rest) {
        Linearization.Result result = Linearization.of(rest, MAX_STATES);
        return switch (result.end()) {
            case FOUND -> Optional.empty();
            case GIVEN_UP ->
                Optional.of(new Finding(
                        Breach.UNDECIDED,
                        path,
                        "gave up after " + MAX_STATES + " states of " + rest.size() + " operations"));
            case NONE -> Optional.of(named(Objects.requireNonNull(result.stuck())));
        };
    }

    private Finding named(Operation stuck) {
        if (!(stuck.effect() instanceof Effect.Saw saw)) {
            return new Finding(Breach.NO_ORDER, path, "it cannot have succeeded: " + stuck, around(stuck));
        }
        Operation change = lastChangeBefore(stuck);
        Breach breach = change == null ? Breach.NO_ORDER : breach(stuck, saw, change);
        return new Finding(
                breach,
                path,
                "it cannot have seen that: " + stuck
                        + (change == null ? "" : System.lineSeparator() + "  after " + change),
                around(stuck));
    }

    private Breach breach(Operation stuck, Effect.Saw saw, Operation change) {
        boolean gone = change.effect().brings().isEmpty() && !change.effect().alters();
        if (gone && !saw.versions().contains(Version.ABSENT)) {
            boolean absenceSeen = operations.stream()
                    .anyMatch(each -> each.outcome() == Outcome.OK
                            && each.effect() instanceof Effect.Saw other
                            && other.versions().contains(Version.ABSENT)
                            && change.precedes(each)
                            && each.precedes(stuck));
            return absenceSeen ? Breach.RESURRECTED : Breach.LOST_DELETE;
        }
        boolean shownLater = operations.stream()
                .anyMatch(each -> each.outcome() == Outcome.OK
                        && each.effect() instanceof Effect.Saw other
                        && stuck.precedes(each)
                        && !other.versions().equals(saw.versions()));
        return shownLater ? Breach.STALE_READ : Breach.LOST_WRITE;
    }

    /** The acknowledged change that was over last when the operation began. */
    private @Nullable Operation lastChangeBefore(Operation operation) {
        return operations.stream()
                .filter(each -> each.isAcknowledged() && each.precedes(operation))
                .max(Comparator.comparingLong(Operation::returnedNanos))
                .orElse(null);
    }

    private List<Operation> around(Operation operation) {
        List<Operation> concerned =
                operations.stream().filter(each -> !operation.precedes(each)).toList();
        int from = Math.max(0, concerned.indexOf(operation) - SHOWN_BEFORE);
        return concerned.subList(from, concerned.size());
    }
}
