package io.swarmgrid.it.chaos.judge;

import java.util.Locale;

/**
 * One call by one caller, as far as it concerns one path. A rename is two of them with one call number.
 *
 * @param call which call of the history it belongs to
 * @param caller who made it
 * @param kind what it was, for people: {@code put}, {@code rename-from}
 * @param invokedNanos when it was made, by the clock of the history
 * @param returnedNanos when it was answered; {@link #NEVER} where its outcome is unknown
 * @param detail what the answer said beside that; empty for nothing
 */
public record Operation(
        long call,
        String caller,
        String kind,
        String path,
        Effect effect,
        Outcome outcome,
        long invokedNanos,
        long returnedNanos,
        String detail) {
    public static final long NEVER = Long.MAX_VALUE;
    private static final double NANOS_PER_SECOND = 1e9;

    public Operation {
        if (returnedNanos < invokedNanos) {
            throw new IllegalArgumentException(
                    "answered before it was asked: call=" + call + ", from " + invokedNanos + " to " + returnedNanos);
        }
        if ((outcome == Outcome.UNKNOWN) != (returnedNanos == NEVER)) {
            throw new IllegalArgumentException("bad end: call=" + call + ", " + outcome + " at " + returnedNanos);
        }
    }

    boolean changes() {
        return !effect.onlyLooks() && outcome != Outcome.REFUSED;
    }

    boolean isAcknowledged() {
        return !effect.onlyLooks() && outcome == Outcome.OK;
    }

    /** Whether it was over before the other one began. */
    boolean precedes(Operation other) {
        return returnedNanos < other.invokedNanos;
    }

    @Override
    public String toString() {
        String end = returnedNanos == NEVER ? "       ?" : seconds(returnedNanos);
        return seconds(invokedNanos) + " .. " + end + "  " + caller + " " + kind + " " + path + " " + effect + " -> "
                + outcome + (detail.isEmpty() ? "" : " (" + detail + ")");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%8.3f", nanos / NANOS_PER_SECOND);
    }
}
