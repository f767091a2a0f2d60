package io.swarmgrid.tasks;

/**
 * What this node has to do for tasks now.
 *
 * @param queuedTasks coordinated here, none of their splits has begun
 * @param runningTasks coordinated here and begun
 * @param waitingSplits of those tasks, not assigned to any node
 * @param runningAttempts programs that run here
 * @param slots programs that may run here at once
 */
public record TaskActivity(int queuedTasks, int runningTasks, int waitingSplits, int runningAttempts, int slots) {}
