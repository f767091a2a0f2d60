package io.swarmgrid.client.grid;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.CallFailure.Reach;
import io.swarmgrid.client.net.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The doors of the grid, which of them failed of late, and the rule by which a call goes on to the next one. */
final class Failover {
    private static final long FIRST_PAUSE_MS = 100;
    static final long LONGEST_PAUSE_MS = 2_000;
    /** So long a door that failed is asked only after all others. */
    private static final long REMEMBERED_NANOS = Duration.ofSeconds(5).toNanos();
    /** With twice the time that a connection takes to notice a silent peer, it does so while there is time for another door. */
    private static final long NOTICED_NANOS = Channels.KEEP_ALIVE
            .plus(Channels.KEEP_ALIVE_TIMEOUT)
            .multipliedBy(2)
            .toNanos();

    private final List<String> locations;
    private final int retries;
    private final Duration patience;
    private final Map<String, Long> failedAtNanos = new ConcurrentHashMap<>();
    private volatile @Nullable String favourite;

    Failover(List<String> locations, int retries, Duration patience) {
        if (locations.isEmpty()) {
            throw GridException.invalid("no address of the grid was named");
        }
        this.locations = List.copyOf(locations);
        this.retries = retries;
        this.patience = patience;
    }

    List<String> locations() {
        return locations;
    }

    void failed(String location) {
        failedAtNanos.put(location, System.nanoTime());
    }

    void answered(String location) {
        failedAtNanos.remove(location);
        if (locations.contains(location)) {
            favourite = location;
        }
    }

    /** The candidates in the order to try them: what failed of late comes last, otherwise the order stays. */
    List<String> order(List<String> candidates) {
        long now = System.nanoTime();
        List<String> ordered = new ArrayList<>(candidates.size());
        List<String> late = new ArrayList<>();
        for (String candidate : candidates) {
            Long failed = failedAtNanos.get(candidate);
            if (failed != null && now - failed < REMEMBERED_NANOS) {
                late.add(candidate);
            } else {
                ordered.add(candidate);
            }
        }
        ordered.addAll(late);
        return ordered;
    }

    /** One attempt at a location, that is to take no longer than it is given. */
    @FunctionalInterface
    interface Attempt<T> {
        T at(String location, Duration atMost);
    }

    /**
     * Makes a call at one door after the other until one answers.
     *
     * @param call what it throws is looked at here
     * @throws GridException what the grid answered; UNAVAILABLE with all doors and their failures where none did;
     *     UNKNOWN_OUTCOME where a change may have been applied, and must not be repeated or was repeated in vain
     */
    <T> T call(String what, Repeat repeat, Attempt<T> call) {
        return call(what, repeat, patience, call);
    }

    /** The same within another time than calls have. */
    <T> T call(String what, Repeat repeat, Duration within, Attempt<T> call) {
        long start = System.nanoTime();
        long deadline = start + within.toNanos();
        Map<String, CallFailure> failures = new LinkedHashMap<>();
        boolean mayBeApplied = false;
        for (int round = 0; ; round++) {
            List<String> doors = order(doors());
            for (int i = 0; i < doors.size() && (failures.isEmpty() || leftNanos(deadline) > 0); i++) {
                String location = doors.get(i);
                try {
                    T answer = call.at(location, share(leftNanos(deadline), doors.size() - i - 1));
                    answered(location);
                    return answer;
                } catch (RuntimeException e) {
                    CallFailure failure = CallFailure.of(e);
                    goOnOrThrow(what, repeat, location, failure);
                    failures.put(location, failure);
                    mayBeApplied |= repeat == Repeat.ONCE && leavesOutcomeOpen(failure);
                }
            }
            boolean nobodyThere = failures.values().stream().allMatch(failure -> failure.reach() == Reach.NOT_SENT);
            boolean wasLast = repeat == Repeat.IF_NOT_APPLIED || round >= retries;
            if (nobodyThere || wasLast || leftNanos(deadline) <= 0) {
                GridException error = allFailed(failures, System.nanoTime() - start);
                throw mayBeApplied ? outcomeOpen(what, error, "") : error;
            }
            pause(round);
        }
    }

    private static long leftNanos(long deadlineNanos) {
        return deadlineNanos - System.nanoTime();
    }

    /** What one door gets of the time that is left: where that is short, some is kept for those behind it. */
    private static Duration share(long leftNanos, int doorsBehind) {
        return Duration.ofNanos(doorsBehind == 0 || leftNanos > NOTICED_NANOS ? leftNanos : leftNanos / 2);
    }

    private List<String> doors() {
        String first = favourite;
        if (first == null || locations.get(0).equals(first)) {
            return locations;
        }
        List<String> doors = new ArrayList<>(locations);
        doors.remove(first);
        doors.add(0, first);
        return doors;
    }

    private void goOnOrThrow(String what, Repeat repeat, String location, CallFailure failure) {
        GridException error = failure.error();
        switch (failure.reach()) {
            case NOT_SENT -> failed(location);
            case UNCLEAR -> {
                failed(location);
                if (repeat == Repeat.IF_NOT_APPLIED) {
                    throw outcomeOpen(what, error, door(location) + " did not answer: ");
                }
            }
            case ANSWERED -> {
                boolean nothingChanged = error.kind() == ErrorKind.RETRY;
                boolean elsewhere = error.code() == ErrorCode.UNAVAILABLE || error.code() == ErrorCode.NO_QUORUM;
                boolean again = repeat != Repeat.IF_NOT_APPLIED ? Passing.ofCall(error) : nothingChanged && elsewhere;
                if (elsewhere || error.code() == ErrorCode.TIMEOUT) {
                    failed(location);
                }
                if (!again) {
                    throw error;
                }
            }
        }
    }

    private static boolean leavesOutcomeOpen(CallFailure failure) {
        return failure.reach() == Reach.UNCLEAR || failure.error().kind() == ErrorKind.UNKNOWN;
    }

    private static GridException outcomeOpen(String what, GridException error, String why) {
        return new GridException(
                ErrorCode.UNKNOWN_OUTCOME,
                what + " may have been applied: " + why + error.getMessage(),
                error.path(),
                "look before doing it again",
                error);
    }

    private GridException allFailed(Map<String, CallFailure> failures, long nanos) {
        GridException last = null;
        StringBuilder text = new StringBuilder("no node of the grid answers: ");
        String separator = "";
        for (Map.Entry<String, CallFailure> each : failures.entrySet()) {
            CallFailure failure = each.getValue();
            if (failure.reach() == Reach.ANSWERED) {
                // A node that says why it cannot is worth more than those that say nothing.
                return failure.error();
            }
            last = failure.error();
            text.append(separator).append(door(each.getKey())).append(": ").append(last.getMessage());
            separator = "; ";
        }
        text.append("; tried for ").append(nanos / 1_000_000).append(" ms");
        return new GridException(ErrorCode.UNAVAILABLE, text.toString(), last);
    }

    private static String door(String location) {
        int scheme = location.indexOf("://");
        return scheme < 0 ? location : location.substring(scheme + 3);
    }

    /** Waits before the next round: longer each time, and not the same for all clients. */
    static void pause(int round) {
        pause(round, LONGEST_PAUSE_MS);
    }

    /** The same, longer and longer up to that. */
    static void pause(int round, long longestMs) {
        long longest = Math.min(longestMs, FIRST_PAUSE_MS << Math.min(round, 10));
        try {
            Thread.sleep(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while waiting to try again", e);
        }
    }
}
