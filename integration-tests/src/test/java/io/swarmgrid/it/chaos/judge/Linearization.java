package io.swarmgrid.it.chaos.judge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with the memory of Lowe (Testing for
 * Linearizability, 2017): an order of the operations is built step by step, and what was done together with what the path
 * then holds is never looked at twice. An operation may be next when none that is still to come had returned before it was
 * invoked. One whose outcome is unknown never returns, so it may be next at any time, and may be left out. Two things keep
 * that from growing without end. One that only looks is taken as soon as what it saw is there: that takes nothing from the
 * orders that remain. And where the same acknowledged operations were done before, with the same left behind and no more of
 * unknown outcome used up, nothing new can come.
 */
/** Whether the operations on one path fit into one order in which each had its effect between its call and its answer. */
final class Linearization {
    /** Those of unknown outcome come last. */
    private final List<Operation> operations;

    private final int acknowledged;
    private final int maxStates;
    private final Map<Place, List<BitSet>> known = new HashMap<>();
    private final Deque<State> open = new ArrayDeque<>();
    private int states;
    private State deepest;

    private record State(BitSet done, Version version) {}

    /** What counts of a state beside the unknown outcomes it used up. */
    private record Place(BitSet acknowledged, Version version) {}

    /** How the search ended. */
    enum End {
        FOUND,
        NONE,
        GIVEN_UP
    }

    /**
     * What the search came to.
     *
     * @param end whether there is such an order
     * @param stuck the first to return of those that the longest order leaves out; null where there is an order
     */
    record Result(End end, @Nullable Operation stuck) {}

    private Linearization(List<Operation> operations, int maxStates) {
        this.operations = operations;
        this.acknowledged = (int) operations.stream()
                .filter(operation -> operation.outcome() == Outcome.OK)
                .count();
        this.maxStates = maxStates;
        this.deepest = new State(new BitSet(), Version.ABSENT);
    }

    /**
     * Looks for an order.
     *
     * @param history all on one path that held nothing before them
     * @param maxStates how much is looked at before it is given up
     */
    static Result of(List<Operation> history, int maxStates) {
        List<Operation> relevant = history.stream()
                .filter(operation -> operation.outcome() == Outcome.OK || operation.changes())
                .sorted(Comparator.comparingLong(Operation::returnedNanos))
                .toList();
        return new Linearization(relevant, maxStates).search();
    }

    private Result search() {
        open.push(deepest);
        while (!open.isEmpty()) {
            State state = look(open.pop());
            if (count(state) > count(deepest)) {
                deepest = state;
            }
            int first = state.done.nextClearBit(0);
            if (first >= acknowledged) {
                return new Result(End.FOUND, null);
            }
            if (states > maxStates) {
                return new Result(End.GIVEN_UP, stuck());
            }
            long limit = operations.get(first).returnedNanos();
            // The last one pushed is looked at first: the one that returned first, those of unknown outcome last of
            // all.
            for (int next = operations.size() - 1; next >= 0; next--) {
                step(state, next, limit);
            }
        }
        return new Result(End.NONE, stuck());
    }

    private void step(State state, int next, long limit) {
        Operation operation = operations.get(next);
        if (state.done.get(next) || operation.invokedNanos() > limit) {
            return;
        }
        operation.effect().on(state.version).ifPresent(version -> {
            BitSet done = (BitSet) state.done.clone();
            done.set(next);
            if (isNew(done, version)) {
                open.push(new State(done, version));
            }
        });
    }

    private boolean isNew(BitSet done, Version version) {
        BitSet used = done.get(acknowledged, operations.size());
        List<BitSet> before =
                known.computeIfAbsent(new Place(done.get(0, acknowledged), version), place -> new ArrayList<>());
        for (BitSet other : before) {
            BitSet more = (BitSet) other.clone();
            more.andNot(used);
            if (more.isEmpty()) {
                return false;
            }
        }
        before.add(used);
        states++;
        return true;
    }

    /** Takes all that may come next, only looks, and saw what is there. */
    private State look(State state) {
        BitSet done = (BitSet) state.done.clone();
        boolean more = true;
        while (more) {
            more = false;
            int first = done.nextClearBit(0);
            long limit = first < acknowledged ? operations.get(first).returnedNanos() : Operation.NEVER;
            for (int i = first; i < acknowledged; i = done.nextClearBit(i + 1)) {
                Operation operation = operations.get(i);
                if (operation.effect().onlyLooks()
                        && operation.invokedNanos() <= limit
                        && operation.effect().on(state.version).isPresent()) {
                    done.set(i);
                    more = true;
                }
            }
        }
        return new State(done, state.version);
    }

    private int count(State state) {
        return state.done.get(0, acknowledged).cardinality();
    }

    private Operation stuck() {
        return operations.get(deepest.done.nextClearBit(0));
    }
}
