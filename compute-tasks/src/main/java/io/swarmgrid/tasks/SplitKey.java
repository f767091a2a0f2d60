package io.swarmgrid.tasks;

import java.util.Objects;

/** The key of a split: stored where its task is. A plain class, since Ignite cannot marshal records. */
final class SplitKey {
    static final String TASK_FIELD = "task";

    private final String task;

    private final int index;

    SplitKey(String task, int index) {
        this.task = task;
        this.index = index;
    }

    String task() {
        return task;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SplitKey key && index == key.index && task.equals(key.task);
    }

    @Override
    public int hashCode() {
        return Objects.hash(task, index);
    }

    @Override
    public String toString() {
        return task + "/" + index;
    }
}
