/**
 * QoS classes of a node, the scheduler of its transfers, and the order of the replicas a caller is sent to. Threads: none
 * of its own; callers wait in {@link io.swarmgrid.qos.BoundedScheduler#acquire}, whose one lock is held for a few
 * instructions.
 */
@NullMarked
package io.swarmgrid.qos;

import org.jspecify.annotations.NullMarked;
