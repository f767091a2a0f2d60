/**
 * A grid of node processes on this machine, for the demo and for benchmarks. A process is a JVM of its own; whoever
 * starts a {@link io.swarmgrid.node.local.LocalGrid} closes it, and a shutdown hook ends what is left. Threads: one for
 * each process, which reads its standard output.
 */
@NullMarked
package io.swarmgrid.node.local;

import org.jspecify.annotations.NullMarked;
