package io.swarmgrid.it.chaos.judge;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/** The operations of all callers as they are made and answered. Thread-safe. */
public final class History {
    private static final int MAX_CALLS = 1 << 20;

    private final LongSupplier nanoTime;
    private final long beginNanos;

    @GuardedBy("this")
    private final List<Call> calls = new ArrayList<>();

    /** @param nanoTime one clock for all callers */
    public History(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.beginNanos = nanoTime.getAsLong();
    }

    /** Notes that a call is about to be made. What is never told of its end has an unknown outcome. */
    public synchronized Call begin(String caller, String kind) {
        if (calls.size() == MAX_CALLS) {
            throw new IllegalStateException("a history has at most " + MAX_CALLS + " calls");
        }
        Call call = new Call(calls.size(), caller, kind, now());
        calls.add(call);
        return call;
    }

    /** What was noted so far, in the order of the calls. */
    public synchronized List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        calls.forEach(call -> all.addAll(call.operations()));
        all.sort(Comparator.comparingLong(Operation::invokedNanos));
        return all;
    }

    private long now() {
        return nanoTime.getAsLong() - beginNanos;
    }

    /** One call; it is ended by one of {@code ok}, {@code refused}, {@code unknown}, {@code told}. */
    public final class Call {
        private final long number;
        private final String caller;
        private final String kind;
        private final long invokedNanos;
        private final List<Part> parts = new ArrayList<>();
        private Outcome outcome = Outcome.UNKNOWN;
        private long returnedNanos = Operation.NEVER;
        private String detail = "";

        private record Part(String path, String kind, Effect effect) {}

        private Call(long number, String caller, String kind, long invokedNanos) {
            this.number = number;
            this.caller = caller;
            this.kind = kind;
            this.invokedNanos = invokedNanos;
        }

        /** What it is meant to do to a path; to be told before the call is made. */
        public Call meaning(String path, Effect effect) {
            return meaning(path, kind, effect);
        }

        /** The same for a call that is several things at once. */
        public Call meaning(String path, String as, Effect effect) {
            synchronized (History.this) {
                parts.add(new Part(path, as, effect));
                return this;
            }
        }

        public void ok() {
            end(Outcome.OK, "");
        }

        public void refused(String why) {
            end(Outcome.REFUSED, why);
        }

        public void unknown(String why) {
            end(Outcome.UNKNOWN, why);
        }

        /** Its answer says what is at a path, and that it changed nothing. */
        public void told(String path, Effect seen, String why) {
            synchronized (History.this) {
                String as = parts.isEmpty() ? kind : kind + " refused";
                parts.clear();
                parts.add(new Part(path, as, seen));
                end(Outcome.OK, why);
            }
        }

        /** It only looked, and was not told anything. */
        public void failed(String path, String why) {
            synchronized (History.this) {
                parts.add(new Part(path, kind, new Effect.SawSomething()));
                end(Outcome.REFUSED, why);
            }
        }

        public Outcome outcome() {
            synchronized (History.this) {
                return outcome;
            }
        }

        /** Whether it is meant to have an effect of this kind on a path. */
        public boolean isMeant(String path, Class<? extends Effect> effect) {
            synchronized (History.this) {
                return parts.stream().anyMatch(part -> part.path.equals(path) && effect.isInstance(part.effect));
            }
        }

        private void end(Outcome how, String why) {
            synchronized (History.this) {
                if (returnedNanos != Operation.NEVER) {
                    throw new IllegalStateException("ended twice: " + caller + " " + kind);
                }
                outcome = how;
                detail = why;
                returnedNanos = how == Outcome.UNKNOWN ? Operation.NEVER : now();
            }
        }

        private List<Operation> operations() {
            synchronized (History.this) {
                return parts.stream()
                        .map(part -> new Operation(
                                number,
                                caller,
                                part.kind,
                                part.path,
                                part.effect,
                                outcome,
                                invokedNanos,
                                returnedNanos,
                                detail))
                        .toList();
            }
        }
    }
}
