package io.swarmgrid.tasks;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.PageRequest;
import io.swarmgrid.client.wire.TaskList;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.Files;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.ignite.Ignite;

/**
 * Tasks on this node: takes submissions, coordinates the tasks whose key is here, runs the splits that were assigned to this
 * node. Thread-safe. All methods throw {@link io.swarmgrid.client.GridException}.
 */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // the doors compile against it while it is filled
public final class TaskService implements AutoCloseable {
    private final Ignite ignite;
    private final Nodes nodes;
    private final Files files;
    private final FileStore store;
    private final DatasetStore datasets;
    private final SwarmConfig config;
    private final BufferAllocator allocator;

    /** @param allocator stays the caller's, who closes it after this */
    public TaskService(
            Ignite ignite,
            Nodes nodes,
            Files files,
            FileStore store,
            DatasetStore datasets,
            SwarmConfig config,
            BufferAllocator allocator) {
        this.ignite = ignite;
        this.nodes = nodes;
        this.files = files;
        this.store = store;
        this.datasets = datasets;
        this.config = config;
        this.allocator = allocator;
    }

    /** Begins to coordinate and to run; the grid is active by now. */
    public void start() {
        throw new UnsupportedOperationException();
    }

    /**
     * Records a task, which then runs by itself. With an operation id that was used before: that task.
     *
     * @throws io.swarmgrid.client.GridException PERMISSION_DENIED where this node runs no tasks or the caller may not,
     *     NOT_FOUND (the input), INVALID_ARGUMENT, OVERLOADED past {@code tasks.max-queued}
     */
    public TaskStatus submit(CallContext context, TaskSpec spec) {
        throw new UnsupportedOperationException();
    }

    /** NOT_FOUND. */
    public TaskStatus status(CallContext context, TaskRequest request) {
        throw new UnsupportedOperationException();
    }

    /** The latest first, without their splits. */
    public TaskList list(CallContext context, PageRequest request) {
        throw new UnsupportedOperationException();
    }

    /** Ends a task; one that has ended already stays as it is. NOT_FOUND. */
    public TaskStatus cancel(CallContext context, TaskRequest request) {
        throw new UnsupportedOperationException();
    }

    /**
     * The dataset that a task answered, one partition file for each split: {@code task.result} is {@code dataset.read} of it.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND (no such task, or it answered nothing), PRECONDITION_FAILED
     *     where it did not succeed or not yet
     */
    public GridPath result(CallContext context, TaskRequest request) {
        throw new UnsupportedOperationException();
    }

    /** Ends the running programs; their splits run again elsewhere. */
    @Override
    public void close() {}
}
