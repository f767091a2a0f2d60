package io.swarmgrid.node.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.tasks.TaskActivity;
import io.swarmgrid.tasks.TaskMeter;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** Tasks in the node's metrics. */
final class TaskMetrics implements TaskMeter {
    /** The edges of the histogram: from programs that hardly start to such that run for hours. */
    private static final Duration[] EDGES = {
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;
    private final Map<AttemptEnd, Timer> attempts = new EnumMap<>(AttemptEnd.class);
    private final Map<TaskState, Counter> tasks = new EnumMap<>(TaskState.class);

    TaskMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (AttemptEnd how : AttemptEnd.values()) {
            attempts.put(
                    how,
                    Timer.builder("swarm_task_attempt")
                            .description("how long the attempts of splits ran on this node")
                            .tag("outcome", name(how))
                            .serviceLevelObjectives(EDGES)
                            .register(registry));
        }
        Arrays.stream(TaskState.values())
                .filter(TaskState::isFinal)
                .forEach(state -> tasks.put(
                        state,
                        Counter.builder("swarm_tasks_ended")
                                .description("tasks that this node coordinated to their end")
                                .tag("state", name(state))
                                .register(registry)));
    }

    void watch(Supplier<TaskActivity> activity) {
        gauge("swarm_tasks", "queued", activity, TaskActivity::queuedTasks);
        gauge("swarm_tasks", "running", activity, TaskActivity::runningTasks);
        gauge("swarm_task_splits", "waiting", activity, TaskActivity::waitingSplits);
        gauge("swarm_task_attempts", "running", activity, TaskActivity::runningAttempts);
        Gauge.builder("swarm_task_slots", activity, each -> each.get().slots())
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void attemptEnded(AttemptEnd how, Duration took) {
        Objects.requireNonNull(attempts.get(how)).record(took);
    }

    @Override
    public void taskEnded(TaskState state) {
        Objects.requireNonNull(tasks.get(state), () -> "not an end: " + state).increment();
    }

    private void gauge(String name, String state, Supplier<TaskActivity> activity, ToIntFunction<TaskActivity> value) {
        Gauge.builder(name, activity, each -> value.applyAsInt(each.get()))
                .tag("state", state)
                .strongReference(true)
                .register(registry);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
