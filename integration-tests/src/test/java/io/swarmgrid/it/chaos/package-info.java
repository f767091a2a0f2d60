/**
 * The fault harness: callers work on a grid of three processes while faults strike it from outside, and in the end
 * {@code chaos.judge} says whether all that was answered was right and all that was promised is there. A workload and a fault
 * are one small class each: a new one is added to the lists in {@code ChaosIT}. Threads: one for each workload; faults strike
 * on the thread of the test.
 */
@NullMarked
package io.swarmgrid.it.chaos;

import org.jspecify.annotations.NullMarked;
