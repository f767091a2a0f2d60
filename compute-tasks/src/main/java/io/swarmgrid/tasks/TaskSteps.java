package io.swarmgrid.tasks;

import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.namespace.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a coordinator does for one task at a time. Used by the coordinator's thread alone. */
final class TaskSteps {
    private static final Logger log = LoggerFactory.getLogger(TaskSteps.class);
    private static final long TELL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TELL_RUNNING_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long TOUCH_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** A program that takes its node down again and again is not given to all nodes in turn for ever. */
    private static final int MAX_LOST_ATTEMPTS = 10;

    private final TaskLedger ledger;
    private final Files files;
    private final DatasetStore datasets;
    private final NodeLoads loads;
    private final Post post;
    private final Clock clock;
    private final TaskMeter meter;

    TaskSteps(
            TaskLedger ledger,
            Files files,
            DatasetStore datasets,
            NodeLoads loads,
            Post post,
            Clock clock,
            TaskMeter meter) {
        this.ledger = ledger;
        this.files = files;
        this.datasets = datasets;
        this.loads = loads;
        this.post = post;
        this.clock = clock;
        this.meter = meter;
    }

    /**
     * Moves a task on as far as it goes now.
     *
     * @param all tasks of this coordinator, this one among them
     */
    void move(ActiveTask task, List<ActiveTask> all, long nowNanos) {
        releaseLost(task);
        Optional<SplitRecord> failed = task.failed();
        if (failed.isPresent()) {
            SplitRecord split = failed.get();
            end(
                    task,
                    TaskState.FAILED,
                    false,
                    "split " + split.index() + " (" + split.name() + ") failed: " + split.error());
            return;
        }
        if (task.allSucceeded()) {
            publish(task);
            return;
        }
        releaseStuck(task, all);
        assign(task, all, nowNanos);
        tell(task, nowNanos);
        progress(task);
        if (task.isTouchedBefore(nowNanos - TOUCH_NANOS)) {
            datasets.touch(task.record().session());
            task.touched(nowNanos);
        }
    }

    /** After the end: programs that still run are ended, what was staged is given up. */
    void windUp(ActiveTask task) {
        meter.taskEnded(task.record().state());
        Post.Note note = Post.Note.ended(task.record().id());
        task.those(split -> split.running() || split.assigned()).stream()
                .map(SplitRecord::nodeId)
                .distinct()
                .forEach(node -> post.send(UUID.fromString(String.valueOf(node)), note));
        if (task.record().state() != TaskState.SUCCEEDED) {
            datasets.abort(task.record().session());
        }
        log.info(
                "task ended: task={}, state={}",
                task.record().id(),
                task.record().state());
    }

    private void releaseLost(ActiveTask task) {
        for (SplitRecord split : task.those(split -> split.running() || split.assigned())) {
            String nodeId = split.nodeId();
            if (nodeId == null || loads.isAlive(UUID.fromString(nodeId))) {
                continue;
            }
            String why = "node " + split.node() + " went away";
            boolean hopeless = split.attempt() - split.failures() > MAX_LOST_ATTEMPTS;
            change(
                    task,
                    split,
                    now -> hopeless ? now.failed(clock.millis(), 0, why, 0) : now.released(clock.millis(), why));
            log.info(
                    "a split lost its node: task={}, split={}, node={}",
                    task.record().id(),
                    split.index(),
                    split.node());
        }
    }

    /** A split that waits at a busy node, while another would begin it at once, is taken back. */
    private void releaseStuck(ActiveTask task, List<ActiveTask> all) {
        long nowMs = clock.millis();
        Map<String, Integer> ahead = ahead(task, all);
        for (SplitRecord split : task.those(SplitRecord::assigned)) {
            double waitedSeconds = (nowMs - split.sinceMs()) / 1e3;
            if (waitedSeconds < NodeChoice.LEAVING_SECONDS) {
                continue;
            }
            List<NodeChoice.Candidate> others = candidates(split, ahead, holders(split)).stream()
                    .filter(each -> !each.node().node().equals(split.node()))
                    .toList();
            if (NodeChoice.shouldMove(others, split.sizeBytes(), waitedSeconds)) {
                change(task, split, now -> now.released(nowMs, null));
            }
        }
    }

    private void assign(ActiveTask task, List<ActiveTask> all, long nowNanos) {
        long nowMs = clock.millis();
        double seconds = task.attemptSeconds(nowMs);
        Map<String, Integer> ahead = ahead(task, all);
        for (SplitRecord split : task.those(each -> each.waits() && each.notBeforeMs() <= nowMs)) {
            List<NodeChoice.Candidate> guess = candidates(split, ahead, Set.copyOf(split.holders()));
            if (guess.stream().noneMatch(NodeChoice.Candidate::hasRoom)) {
                return;
            }
            if (NodeChoice.choose(guess, split.sizeBytes(), seconds).isEmpty()) {
                continue;
            }
            // Worth a look at where the bytes are now.
            Set<String> holders = holders(split);
            NodeChoice.choose(candidates(split, ahead, holders), split.sizeBytes(), seconds)
                    .ifPresent(chosen -> {
                        NodeLoads.NodeLoad node = chosen.node();
                        change(
                                task,
                                split,
                                now -> now.assign(node.node(), node.id().toString(), chosen.holds(), nowMs));
                        task.told(split.index(), nowNanos - TELL_RUNNING_NANOS);
                        ahead.merge(node.id().toString(), 1, Integer::sum);
                    });
        }
    }

    /** For each run of a node: how many attempts there go before those of this task. */
    private static Map<String, Integer> ahead(ActiveTask task, List<ActiveTask> all) {
        Map<String, Integer> ahead = new HashMap<>();
        for (ActiveTask other : all) {
            if (other.record().priority() >= task.record().priority()) {
                for (SplitRecord split : other.those(each -> each.running() || each.assigned())) {
                    ahead.merge(String.valueOf(split.nodeId()), 1, Integer::sum);
                }
            }
        }
        return ahead;
    }

    private List<NodeChoice.Candidate> candidates(
            SplitRecord split, Map<String, Integer> ahead, @Nullable Set<String> holders) {
        List<NodeChoice.Candidate> candidates = new ArrayList<>();
        for (NodeLoads.NodeLoad node : loads.live()) {
            candidates.add(new NodeChoice.Candidate(
                    node,
                    ahead.getOrDefault(node.id().toString(), 0),
                    holders == null || holders.contains(node.node()),
                    split.failedOn().contains(node.node())));
        }
        return candidates;
    }

    /** Nodes that have every block of the file now; null where it is in the metadata, which every node has. */
    private @Nullable Set<String> holders(SplitRecord split) {
        try {
            return Holdings.all(files.locate(GridPath.parse(split.path())));
        } catch (GridException e) {
            if (e.kind() == ErrorKind.CALLER) {
                // It was moved or removed meanwhile; its version can still be read where it was.
                return Set.copyOf(split.holders());
            }
            throw e;
        }
    }

    private void tell(ActiveTask task, long nowNanos) {
        for (SplitRecord split : task.those(each -> each.assigned() || each.running())) {
            long every = split.running() ? TELL_RUNNING_NANOS : TELL_AGAIN_NANOS;
            if (task.isToldBefore(split.index(), nowNanos - every + 1)) {
                post.send(UUID.fromString(String.valueOf(split.nodeId())), Post.Note.run(task.record(), split));
                task.told(split.index(), nowNanos);
            }
        }
    }

    private void progress(ActiveTask task) {
        int done = task.count(SplitRecord::succeeded);
        int local = task.count(SplitRecord::ranLocal);
        TaskRecord record = task.record();
        boolean started = record.startedMs() > 0 || done > 0 || task.count(SplitRecord::running) > 0;
        long startedMs = record.startedMs() > 0 ? record.startedMs() : started ? clock.millis() : 0;
        if (record.splitsDone() == done && record.splitsLocal() == local && record.startedMs() == startedMs) {
            return;
        }
        update(task, now -> now.state().isFinal() ? null : now.progress(startedMs, done, local));
    }

    private void publish(ActiveTask task) {
        progress(task);
        TaskRecord record = task.record();
        boolean answered = task.count(SplitRecord::answered) > 0;
        try {
            if (answered) {
                datasets.commit(record.context(), record.session());
            } else {
                datasets.abort(record.session());
            }
        } catch (GridException e) {
            if (e.kind() == ErrorKind.RETRY || e.kind() == ErrorKind.UNKNOWN) {
                throw e;
            }
            end(task, TaskState.FAILED, false, "cannot publish what it answered: " + e.getMessage());
            return;
        }
        end(task, TaskState.SUCCEEDED, answered, null);
        if (answered && task.record().state() != TaskState.SUCCEEDED) {
            // Cancelled in the last moment: then it answered nothing.
            files.remove(TaskService.resultPath(record.id()), true, null);
        }
    }

    private void end(ActiveTask task, TaskState state, boolean answered, @Nullable String error) {
        update(task, now -> now.state().isFinal() ? null : now.ended(state, clock.millis(), answered, error));
    }

    private void update(ActiveTask task, java.util.function.Function<TaskRecord, @Nullable TaskRecord> change) {
        String id = task.record().id();
        ledger.update(id, change).or(() -> ledger.task(id)).ifPresent(task::record);
    }

    /** Changes a split that is still as it was seen; otherwise only looks at it anew. */
    private void change(ActiveTask task, SplitRecord seen, java.util.function.UnaryOperator<SplitRecord> change) {
        String id = task.record().id();
        int index = seen.index();
        ledger.update(id, index, now -> now.equals(seen) ? change.apply(now) : null)
                .or(() -> ledger.split(id, index))
                .ifPresent(task::split);
    }
}
