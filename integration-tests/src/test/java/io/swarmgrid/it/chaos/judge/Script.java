package io.swarmgrid.it.chaos.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A history written down by hand, one line an operation, and an end to it. */
final class Script {
    static final EndState NOTHING = new EndState(List.of(), List.of(), List.of(), Map.of());

    private final List<Operation> operations = new ArrayList<>();
    private long calls;

    /** Acknowledged between two moments. */
    Script ok(long from, long to, String path, Effect effect) {
        return add(from, to, path, effect, Outcome.OK);
    }

    Script refused(long from, long to, String path, Effect effect) {
        return add(from, to, path, effect, Outcome.REFUSED);
    }

    Script unknown(long from, String path, Effect effect) {
        return add(from, Operation.NEVER, path, effect, Outcome.UNKNOWN);
    }

    Script saw(long from, long to, String path, Version version) {
        return ok(from, to, path, new Effect.Saw(version));
    }

    /** A rename whose answer was lost. */
    Script unknownRename(long invoked, String source, String target, Version moved) {
        unknown(invoked, source, new Effect.Remove());
        calls--;
        return unknown(invoked, target, new Effect.Create(moved));
    }

    /** The same of a directory with what is in it. */
    Script unknownRename(long invoked, String source, String target, Version moved, Map<String, Version> below) {
        unknownRename(invoked, source, target, moved);
        below.forEach((name, version) -> {
            calls--;
            unknownRename(invoked, source + name, target + name, version);
        });
        return this;
    }

    /** A join of one source whose answer was lost. */
    Script unknownJoin(long invoked, String target, String source, Version moved) {
        unknown(invoked, source, new Effect.Remove());
        calls--;
        return unknown(invoked, target, new Effect.Join(moved.pieces()));
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }

    List<Finding> judged() {
        return judged(NOTHING);
    }

    List<Finding> judged(EndState end) {
        return Judge.findings(operations, Set.of(), end);
    }

    private Script add(long from, long to, String path, Effect effect, Outcome outcome) {
        operations.add(new Operation(calls++, "somebody", "does", path, effect, outcome, from, to, ""));
        return this;
    }
}
