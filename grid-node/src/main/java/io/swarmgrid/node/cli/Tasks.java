package io.swarmgrid.node.cli;

import io.swarmgrid.client.data.DatasetReader;
import io.swarmgrid.client.wire.PageRequest;
import io.swarmgrid.client.wire.TaskList;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskStatus;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The task calls that commands and the demo share. */
public final class Tasks {
    private static final long FIRST_POLL_MS = 50;
    private static final long LAST_POLL_MS = 1_000;
    private static final int PAGE = 100;

    private final Session session;

    public Tasks(Session session) {
        this.session = session;
    }

    /** Submits it once, however often the call has to be made. */
    public TaskStatus submit(TaskSpec spec) {
        TaskSpec named = spec.operationId() != null
                ? spec
                : new TaskSpec(
                        spec.command(),
                        spec.input(),
                        spec.columns(),
                        spec.priority(),
                        spec.timeoutMs(),
                        spec.maxAttempts(),
                        spec.environment(),
                        UUID.randomUUID().toString());
        return session.call("task.submit", named, TaskStatus.class);
    }

    public TaskStatus status(String id) {
        return session.call("task.status", new TaskRequest(id), TaskStatus.class);
    }

    /** Waits for the end, whatever it is. */
    public TaskStatus await(String id, Progress progress) throws InterruptedException {
        long pauseMs = FIRST_POLL_MS;
        while (true) {
            TaskStatus status = status(id);
            progress.at(status.splitsDone(), status.splitsTotal(), note(status));
            if (status.state().isFinal()) {
                return status;
            }
            Thread.sleep(pauseMs);
            pauseMs = Math.min(LAST_POLL_MS, pauseMs * 3 / 2);
        }
    }

    public TaskStatus cancel(String id) {
        return session.call("task.cancel", new TaskRequest(id), TaskStatus.class);
    }

    /** The latest first, at most so many. */
    public void list(int limit, Consumer<TaskStatus> each) {
        @Nullable String token = null;
        int left = limit;
        do {
            TaskList page = session.call("task.list", new PageRequest(Math.min(PAGE, left), token), TaskList.class);
            page.tasks().forEach(each);
            left -= page.tasks().size();
            token = page.nextPageToken();
        } while (token != null && left > 0);
    }

    public DatasetReader result(String id) {
        return DatasetReader.ofTask(session.client(), id);
    }

    private static String note(TaskStatus status) {
        if (status.splits() == null) {
            return "";
        }
        long running = status.splits().stream()
                .filter(split -> split.state() == io.swarmgrid.client.wire.TaskState.RUNNING)
                .count();
        return running == 0 ? "" : running + " running";
    }
}
