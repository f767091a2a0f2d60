package io.swarmgrid.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Programs that run where their data lies.
 *
 * @param enabled empty means only while every listener is on loopback ({@link SwarmConfig#tasksAllowed()})
 * @param slots splits that run at once; empty means one for each processor ({@link #slotCount()})
 * @param workDir where attempts get their scratch directories; empty means {@link SwarmConfig#tasksDirectory()}
 * @param maxQueued splits that may wait on one node; the next task is refused
 * @param maxOutput bytes that one split may answer
 * @param keepFinished ended tasks that are kept with their results, in the whole grid; the oldest go first
 * @param keepFor how long an ended task is kept with its result
 */
public record TasksConfig(
        Optional<Boolean> enabled,
        Optional<Integer> slots,
        Optional<Path> workDir,
        int maxQueued,
        DataSize maxOutput,
        int keepFinished,
        Duration keepFor) {
    public TasksConfig {
        Checks checks = new Checks()
                .between("max-queued", maxQueued, 1, 1_000_000)
                .between("max-output", maxOutput, "1KiB", "1TiB")
                .between("keep-finished", keepFinished, 1, 1_000_000)
                .between("keep-for", keepFor, "1s", "3650d");
        slots.ifPresent(count -> checks.between("slots", count, 0, 4096));
        checks.done();
    }

    /** The slots of this node: as configured, or the processors this JVM may use. */
    public int slotCount() {
        return slots.orElseGet(() -> Runtime.getRuntime().availableProcessors());
    }

    static TasksConfig defaults() {
        return new TasksConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                10_000,
                DataSize.ofGibibytes(1),
                1000,
                Duration.ofDays(7));
    }
}
