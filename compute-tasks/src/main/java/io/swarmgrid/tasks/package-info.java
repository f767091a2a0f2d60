/**
 * Tasks: programs that run where their data lies. A task and its splits are durable records ({@code TaskLedger}); the
 * primary of a task's key is its coordinator ({@code Coordinator}), which decides which node runs which split; a node's
 * {@code Agent} runs what was assigned to it. Messages between the nodes only wake: the records are the truth, and every
 * change of one is a comparison and a swap, so that two coordinators during a take-over do no harm.
 *
 * <p>Threads: {@code task-coordinator}, {@code task-agent}, {@code task-retention} and {@code task-slot-N} with their
 * helpers, all of {@link
 * io.swarmgrid.tasks.TaskService} and ended with it.
 */
@NullMarked
package io.swarmgrid.tasks;

import org.jspecify.annotations.NullMarked;
