/**
 * The {@code swarm} command line: one class a command, each loaded only when it is the one asked for, so that a short
 * command is back at the prompt at once. No Ignite here: a command is a client of the grid; {@code node}, {@code demo}
 * and {@code bench} are found by name. Threads: the caller's, and the transfer threads that {@link
 * io.swarmgrid.node.cli.Parallel} owns for the length of one call.
 */
@NullMarked
package io.swarmgrid.node.cli;

import org.jspecify.annotations.NullMarked;
