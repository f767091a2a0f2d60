/**
 * A program as a process of the operating system: how it is started, fed, heard and ended. Knows nothing of tasks or of
 * the grid. Threads: each {@link io.swarmgrid.tasks.process.Program} has one that reads its standard error, ended with
 * it.
 */
@NullMarked
package io.swarmgrid.tasks.process;

import org.jspecify.annotations.NullMarked;
