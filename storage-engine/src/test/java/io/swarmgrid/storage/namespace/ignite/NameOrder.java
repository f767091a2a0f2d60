package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with the memory of Lowe (Testing for
 * Linearizability, 2017) over all names at once, so that a rename is one change of two of them. A call may be next when none that
 * is still to come had returned before it was made.
 */
/** Whether what callers did to a few names at the same time, and were told, fits into one order. */
final class NameOrder {
    private static final int MAX_CALLS = Long.SIZE;
    private static final int MAX_STATES = 2_000_000;

    /** What a call does to what the names lead to (0 where to nothing); null where it cannot have been answered so. */
    interface Effect {
        long @Nullable [] on(long[] names);
    }

    /**
     * A call that was answered.
     *
     * @param text for people
     */
    record Call(String text, Effect effect, long begunNanos, long endedNanos) {
        @Override
        public String toString() {
            return String.format("%9d .. %9d us  %s", begunNanos / 1000, endedNanos / 1000, text);
        }
    }

    private record State(long done, List<Long> names) {}

    private final List<Call> calls;
    private final long[] before;
    private final Set<State> known = new HashSet<>();
    /** The first to have ended that the longest order leaves out. */
    private @Nullable Call stuck;

    private int longest = -1;

    private NameOrder(List<Call> calls, long[] before) {
        this.calls = calls;
        this.before = before;
    }

    /** What is wrong with them; empty where they fit one order. */
    static Optional<String> misfit(List<Call> calls, long[] before) {
        if (calls.size() > MAX_CALLS) {
            throw new IllegalArgumentException("too many calls to order: " + calls.size());
        }
        List<Call> sorted = new ArrayList<>(calls);
        sorted.sort(Comparator.comparingLong(Call::endedNanos));
        NameOrder order = new NameOrder(sorted, before);
        if (order.exists()) {
            return Optional.empty();
        }
        StringBuilder all = new StringBuilder("no order has room for:\n" + order.stuck + "\namong:");
        sorted.forEach(call -> all.append('\n').append(call));
        return Optional.of(all.toString());
    }

    private boolean exists() {
        Deque<State> open = new ArrayDeque<>();
        open.push(state(0, before));
        while (!open.isEmpty()) {
            State state = open.pop();
            if (Long.bitCount(state.done) == calls.size()) {
                return true;
            }
            if (known.size() > MAX_STATES) {
                throw new IllegalStateException("too many orders to look at all of them");
            }
            long[] names = state.names.stream().mapToLong(Long::longValue).toArray();
            // The first of those that are to come to have ended: nothing that was made later can be before it.
            int first = Long.numberOfTrailingZeros(~state.done);
            if (Long.bitCount(state.done) > longest) {
                longest = Long.bitCount(state.done);
                stuck = calls.get(first);
            }
            long limit = calls.get(first).endedNanos();
            for (int next = calls.size() - 1; next >= first; next--) {
                Call call = calls.get(next);
                if ((state.done & 1L << next) == 0 && call.begunNanos() <= limit) {
                    long[] after = call.effect().on(names);
                    if (after != null) {
                        State then = state(state.done | 1L << next, after);
                        if (known.add(then)) {
                            open.push(then);
                        }
                    }
                }
            }
        }
        return false;
    }

    private static State state(long done, long[] names) {
        return new State(done, Arrays.stream(names).boxed().toList());
    }

    // What there is to do, and to be told. A name is its index.

    static Effect saw(int name, long id) {
        return names -> names[name] == id ? names : null;
    }

    static Effect sawSomething(int name) {
        return names -> names[name] != 0 ? names : null;
    }

    /** Of something new where nothing is. */
    static Effect created(int name, long id) {
        return names -> names[name] == 0 ? with(names, name, id) : null;
    }

    /** Of something new, whatever is there. */
    static Effect put(int name, long id) {
        return names -> with(names, name, id);
    }

    static Effect removed(int name) {
        return names -> names[name] != 0 ? with(names, name, 0) : null;
    }

    /** Without a replacement. */
    static Effect renamed(int from, int to, long id) {
        return names -> names[from] == id && names[to] == 0 ? with(with(names, from, 0), to, id) : null;
    }

    static Effect renamedOver(int from, int to, long id) {
        return names -> names[from] == id ? with(with(names, from, 0), to, id) : null;
    }

    /** A refusal to rename, since something is at the target. */
    static Effect sawBoth(int from, int to) {
        return names -> names[from] != 0 && names[to] != 0 ? names : null;
    }

    private static long[] with(long[] names, int name, long id) {
        long[] after = names.clone();
        after[name] = id;
        return after;
    }
}
