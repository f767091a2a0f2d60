/**
 * {@code swarm demo}: the main job of the product on real input, in six steps, with a proof after each. Three nodes run
 * as JVMs of their own; the demo itself is only a client. Threads: the caller's, one that reads each node's output, and
 * those of the parallel reads, all ended before the demo returns.
 */
@NullMarked
package io.swarmgrid.node.demo;

import org.jspecify.annotations.NullMarked;
