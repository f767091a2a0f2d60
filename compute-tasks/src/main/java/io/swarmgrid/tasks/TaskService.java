package io.swarmgrid.tasks;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PageRequest;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.TaskList;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.ignite.Ignite;
import org.jspecify.annotations.Nullable;

/**
 * Tasks on this node: takes submissions, coordinates the tasks whose key is here, runs the splits that were assigned to this
 * node. Thread-safe. All methods throw {@link GridException}.
 */
public final class TaskService implements AutoCloseable {
    private static final GridPath RESULTS = GridPath.parse("/.swarm/tasks");
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;
    /** The chance that none of so many ids has its primary here is nil in any grid of a reasonable size. */
    private static final int ID_TRIES = 1000;

    private final Nodes nodes;
    private final DatasetStore datasets;
    private final SwarmConfig config;
    private final Clock clock = Clock.systemUTC();
    private final TaskLedger ledger;
    private final Submission submission;
    private final NodeLoads loads;
    private final Post post;
    private final Agent agent;
    private final Coordinator coordinator;
    private final Retention retention;
    private final SplittableRandom seeds = new SplittableRandom();

    /**
     * Tasks over an active grid.
     *
     * @param allocator stays the caller's, who closes it after this
     * @param meter is told what ends here
     */
    public TaskService(
            Ignite ignite,
            Nodes nodes,
            Files files,
            FileStore store,
            DatasetStore datasets,
            SwarmConfig config,
            BufferAllocator allocator,
            TaskMeter meter) {
        this.nodes = nodes;
        this.datasets = datasets;
        this.config = config;
        this.ledger = new TaskLedger(ignite);
        this.submission = new Submission(files, datasets, config.tasks().maxQueued());
        this.loads = new NodeLoads(ignite);
        this.post = new Post(ignite);
        UUID self = ignite.cluster().localNode().id();
        AttemptRunner runner = new AttemptRunner(
                store,
                datasets,
                allocator,
                config.nodeName(),
                config.tasksDirectory().toAbsolutePath().normalize(),
                config.tasks().maxOutput().bytes());
        int slots = config.tasksAllowed() ? config.tasks().slotCount() : 0;
        this.agent = new Agent(
                ledger,
                post,
                runner,
                self.toString(),
                clock,
                slots,
                config.tasks().maxQueued(),
                meter);
        TaskSteps steps = new TaskSteps(ledger, files, datasets, loads, post, clock, meter);
        this.coordinator = new Coordinator(
                ledger,
                steps,
                () -> ignite.cluster().topologyVersion(),
                config.tasks().maxQueued());
        this.retention = new Retention(ledger, files, config.tasks(), clock);
    }

    /** Begins to coordinate and to run; the grid is active by now. */
    public void start() {
        post.listen(this::take);
        agent.start();
        coordinator.start();
        retention.start();
    }

    /**
     * Records a task, which then runs by itself. With an operation id that was used before: that task.
     *
     * @throws GridException PERMISSION_DENIED where this node runs no tasks or the caller may not, NOT_FOUND (the input),
     *     INVALID_ARGUMENT, OVERLOADED past {@code tasks.max-queued}
     */
    public TaskStatus submit(CallContext context, TaskSpec spec) {
        requireAllowed(context);
        Submission.check(spec);
        nodes.requireQuorum();
        String id = idFor(context, spec);
        TaskStatus earlier = statusOrNull(id);
        if (earlier != null) {
            return earlier;
        }
        long nowMs = clock.millis();
        List<SplitRecord> splits = submission.splits(context, spec, nowMs);
        coordinator.admit(splits.size());
        String session = datasets.begin(
                        context,
                        new DatasetPut(null, resultPath(id).toString(), PutMode.CREATE, id, null, null, null, null))
                .session();
        TaskRecord task = TaskRecord.queued(id, spec, TaskRecord.Submitter.of(context), session, nowMs, splits.size());
        ledger.create(task, splits);
        wake(id);
        return status(id);
    }

    /** What there is to do now, for metrics. */
    public TaskActivity activity() {
        Coordinator.Work work = coordinator.work();
        return new TaskActivity(work.queued(), work.running(), work.waiting(), agent.running(), agent.slots());
    }

    /** NOT_FOUND. */
    public TaskStatus status(CallContext context, TaskRequest request) {
        return status(TaskId.check(request.id()));
    }

    /** The latest first, without their splits. */
    public TaskList list(CallContext context, PageRequest request) {
        int size = request.pageSize() == null ? DEFAULT_PAGE : request.pageSize();
        if (size < 1 || size > MAX_PAGE) {
            throw GridException.invalid("bad page_size: " + size + ", expected 1 to " + MAX_PAGE);
        }
        List<TaskRecord> page = ledger.latest(size + 1, request.pageToken());
        List<TaskRecord> shown = page.subList(0, Math.min(size, page.size()));
        long nowMs = clock.millis();
        return new TaskList(
                shown.stream().map(task -> task.status(null, nowMs)).toList(),
                page.size() > size ? shown.get(size - 1).id() : null);
    }

    /** Ends a task; one that has ended already stays as it is. NOT_FOUND. */
    public TaskStatus cancel(CallContext context, TaskRequest request) {
        context.caller().require(Grant.TASKS);
        String id = TaskId.check(request.id());
        ledger.update(
                id,
                task -> task.state().isFinal()
                        ? null
                        : task.ended(
                                TaskState.CANCELLED,
                                clock.millis(),
                                false,
                                "cancelled by " + context.caller().name()));
        wake(id);
        return status(id);
    }

    /**
     * The dataset that a task answered, one partition file for each split: {@code task.result} is {@code dataset.read} of it.
     *
     * @throws GridException NOT_FOUND (no such task, or it answered nothing), PRECONDITION_FAILED where it did not succeed
     *     or not yet
     */
    public GridPath result(CallContext context, TaskRequest request) {
        String id = TaskId.check(request.id());
        TaskRecord task = ledger.task(id).orElseThrow(() -> TaskId.unknown(id));
        if (task.state() != TaskState.SUCCEEDED) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "task has no result: id=" + id + ", state=" + task.state() + ", "
                            + (task.error() == null
                                    ? task.splitsDone() + " of " + task.splits() + " splits done"
                                    : "error=" + task.error()),
                    null,
                    task.state().isFinal() ? null : "ask task.status until it has ended",
                    null);
        }
        if (!task.answered()) {
            throw new GridException(ErrorCode.NOT_FOUND, "task answered nothing: id=" + id);
        }
        return resultPath(id);
    }

    /** Where a task's result is, if it has one. */
    static GridPath resultPath(String id) {
        return RESULTS.child(id);
    }

    /** Ends the running programs; their splits run again elsewhere. */
    @Override
    public void close() {
        retention.close();
        coordinator.close();
        agent.close();
        post.close();
    }

    private void take(UUID sender, Post.Note note) {
        String task = note.task();
        switch (note.kind()) {
            case LOAD -> loads.report(sender, note.slots(), note.outstanding());
            case RUN -> agent.offer(note);
            case CHANGED -> {
                if (task != null) {
                    coordinator.wake(task, note.index());
                }
            }
            case ENDED -> {
                if (task != null) {
                    agent.ended(task);
                }
            }
        }
    }

    private void wake(String id) {
        ledger.coordinator(id).ifPresent(node -> post.send(node.id(), Post.Note.changed(id, -1)));
    }

    private TaskStatus status(String id) {
        TaskStatus status = statusOrNull(id);
        if (status == null) {
            throw TaskId.unknown(id);
        }
        return status;
    }

    private @Nullable TaskStatus statusOrNull(String id) {
        return ledger.task(id)
                .map(task -> task.status(ledger.splits(id, task.splits()), clock.millis()))
                .orElse(null);
    }

    /** An id whose coordinator is this node, which knows how much waits here; of an operation, the id that it got first. */
    private String idFor(CallContext context, TaskSpec spec) {
        SplittableRandom random;
        synchronized (seeds) {
            random = seeds.split();
        }
        String id = TaskId.of(clock.millis(), random);
        for (int i = 0; i < ID_TRIES && !ledger.isHere(id); i++) {
            id = TaskId.of(clock.millis(), random);
        }
        OperationId operation = OperationId.ofNullable(spec.operationId());
        return operation == null
                ? id
                : ledger.claim(TaskLedger.operationKey(context.caller().name(), operation.value()), id);
    }

    private void requireAllowed(CallContext context) {
        context.caller().require(Grant.TASKS);
        if (!config.tasksAllowed()) {
            throw new GridException(
                    ErrorCode.PERMISSION_DENIED,
                    "node " + config.nodeName() + " runs no tasks",
                    null,
                    "tasks.enabled turns them on; beyond loopback they are off",
                    null);
        }
    }
}
