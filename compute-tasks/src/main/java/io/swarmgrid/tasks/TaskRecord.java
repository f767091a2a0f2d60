package io.swarmgrid.tasks;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A task as it is kept.
 *
 * @param format version of this layout
 * @param session of the staged output
 * @param splits how many; each is a {@link SplitRecord} of its own
 * @param splitsDone as of the coordinator's last look, as is {@code splitsLocal}
 * @param answered whether there is a result: some split wrote something, and it was published
 */
record TaskRecord(
        int format,
        String id,
        TaskSpec spec,
        Submitter submitter,
        String session,
        TaskState state,
        long submittedMs,
        long startedMs,
        long finishedMs,
        int splits,
        int splitsDone,
        int splitsLocal,
        boolean answered,
        @Nullable String error) {
    static final int FORMAT = 1;
    private static final int DEFAULT_ATTEMPTS = 3;

    /**
     * Whose bytes move, and how.
     *
     * @param traceparent of the submission; null where it was part of no trace
     */
    record Submitter(
            String name,
            String tenant,
            String qos,
            @Nullable String traceparent) {
        static Submitter of(CallContext context) {
            return new Submitter(
                    context.caller().name(),
                    context.caller().tenant(),
                    context.qos().name(),
                    context.trace() == null ? null : context.trace().header());
        }
    }

    static TaskRecord queued(String id, TaskSpec spec, Submitter submitter, String session, long nowMs, int splits) {
        return new TaskRecord(
                FORMAT, id, spec, submitter, session, TaskState.QUEUED, nowMs, 0, 0, splits, 0, 0, false, null);
    }

    int priority() {
        Integer priority = spec.priority();
        return priority == null ? 0 : priority;
    }

    int maxAttempts() {
        Integer attempts = spec.maxAttempts();
        return attempts == null ? DEFAULT_ATTEMPTS : attempts;
    }

    @Nullable
    Traceparent trace() {
        return Traceparent.parse(submitter.traceparent());
    }

    /** In whose name its splits are read and its output is written. */
    CallContext context() {
        Caller caller = new Caller(submitter.name(), submitter.tenant(), Set.of(Grant.READ, Grant.WRITE));
        return new CallContext(caller, new QosClass(submitter.qos()), "task-" + id, trace());
    }

    TaskRecord progress(long started, int done, int local) {
        TaskState now = started > 0 && state == TaskState.QUEUED ? TaskState.RUNNING : state;
        return copy(now, started, finishedMs, done, local, answered, error);
    }

    TaskRecord ended(TaskState end, long nowMs, boolean hasAnswer, @Nullable String why) {
        return copy(end, startedMs, nowMs, splitsDone, splitsLocal, hasAnswer, why);
    }

    private TaskRecord copy(
            TaskState newState,
            long started,
            long finished,
            int done,
            int local,
            boolean answer,
            @Nullable String why) {
        return new TaskRecord(
                format,
                id,
                spec,
                submitter,
                session,
                newState,
                submittedMs,
                started,
                finished,
                splits,
                done,
                local,
                answer,
                why);
    }

    /** @param each null for a listing */
    TaskStatus status(@Nullable List<SplitRecord> each, long nowMs) {
        List<TaskStatus.SplitStatus> statuses = each == null
                ? null
                : each.stream().map(split -> split.status(state, nowMs)).toList();
        int done = each == null
                ? splitsDone
                : (int) each.stream().filter(SplitRecord::succeeded).count();
        int local = each == null
                ? splitsLocal
                : (int) each.stream().filter(SplitRecord::ranLocal).count();
        return new TaskStatus(
                id, state, spec, submittedMs, startedMs, finishedMs, splits, done, local, error, statuses);
    }
}
