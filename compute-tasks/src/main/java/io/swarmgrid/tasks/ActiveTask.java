package io.swarmgrid.tasks;

import io.swarmgrid.client.wire.TaskState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A task that has not ended, as its coordinator sees it. Used by the coordinator's thread alone. */
final class ActiveTask {
    private static final double FIRST_GUESS_SECONDS = 1;

    private TaskRecord record;
    private final SplitRecord[] splits;
    /** When a node was last told of the split's present attempt. */
    private final long[] toldNanos;

    private long readNanos;
    private long touchedNanos;

    ActiveTask(TaskRecord record, List<SplitRecord> splits, long nowNanos) {
        this.record = record;
        this.splits = splits.toArray(SplitRecord[]::new);
        this.toldNanos = new long[this.splits.length];
        Arrays.fill(toldNanos, nowNanos - Long.MAX_VALUE / 4);
        this.readNanos = nowNanos;
        this.touchedNanos = nowNanos;
    }

    TaskRecord record() {
        return record;
    }

    void record(TaskRecord newer) {
        record = newer;
    }

    SplitRecord split(int index) {
        return splits[index];
    }

    void split(SplitRecord newer) {
        splits[newer.index()] = newer;
    }

    void splits(List<SplitRecord> newer, long nowNanos) {
        newer.forEach(this::split);
        readNanos = nowNanos;
    }

    List<SplitRecord> those(Predicate<SplitRecord> which) {
        List<SplitRecord> found = new ArrayList<>();
        for (SplitRecord split : splits) {
            if (which.test(split)) {
                found.add(split);
            }
        }
        return found;
    }

    int count(Predicate<SplitRecord> which) {
        int count = 0;
        for (SplitRecord split : splits) {
            count += which.test(split) ? 1 : 0;
        }
        return count;
    }

    Optional<SplitRecord> failed() {
        return Arrays.stream(splits)
                .filter(split -> split.state() == TaskState.FAILED)
                .findFirst();
    }

    boolean allSucceeded() {
        return Arrays.stream(splits).allMatch(SplitRecord::succeeded);
    }

    boolean isReadBefore(long nanos) {
        return readNanos - nanos < 0;
    }

    boolean isTouchedBefore(long nanos) {
        return touchedNanos - nanos < 0;
    }

    void touched(long nowNanos) {
        touchedNanos = nowNanos;
    }

    boolean isToldBefore(int index, long nanos) {
        return toldNanos[index] - nanos < 0;
    }

    void told(int index, long nowNanos) {
        toldNanos[index] = nowNanos;
    }

    /** How long an attempt takes: the mean of those that ended, or as long as the oldest running one already does. */
    double attemptSeconds(long nowMs) {
        double sum = 0;
        int ended = 0;
        double oldest = FIRST_GUESS_SECONDS;
        for (SplitRecord split : splits) {
            if (split.succeeded()) {
                sum += split.durationMs() / 1e3;
                ended++;
            } else if (split.running()) {
                oldest = Math.max(oldest, (nowMs - split.sinceMs()) / 1e3);
            }
        }
        return ended == 0 ? oldest : Math.max(sum / ended, 0.01);
    }
}
