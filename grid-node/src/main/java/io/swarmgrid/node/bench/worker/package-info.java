/**
 * What a process does that {@code swarm bench storage} measures: the same work on a grid, on plain files and, in the module
 * {@code bench-peers}, on any file system of Hadoop. A {@link io.swarmgrid.node.bench.worker.Worker} takes orders from its
 * standard input, one line of JSON each, and answers each with one. Threads: those of the order, which end with it.
 */
@NullMarked
package io.swarmgrid.node.bench.worker;

import org.jspecify.annotations.NullMarked;
