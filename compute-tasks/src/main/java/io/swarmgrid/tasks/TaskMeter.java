package io.swarmgrid.tasks;

import io.swarmgrid.client.wire.TaskState;
import java.time.Duration;

/** Is told what ends on this node, as it ends. Must not block; called by several threads. */
public interface TaskMeter {
    /** How an attempt ended. */
    enum AttemptEnd {
        SUCCEEDED,
        /** The program, its input or its answer was at fault; it may be tried again. */
        FAILED,
        /** Its task had ended, the split went elsewhere, or the node stops. */
        WITHDRAWN
    }

    /** An attempt ran here for so long. */
    void attemptEnded(AttemptEnd how, Duration took);

    /** A task that is coordinated here has ended. */
    void taskEnded(TaskState state);
}
