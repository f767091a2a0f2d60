/**
 * A node, put together: what is started in which order, and ended in the reverse of it. Threads: {@code node-chores}, which
 * runs what is due every now and then.
 */
@NullMarked
package io.swarmgrid.node;

import org.jspecify.annotations.NullMarked;
