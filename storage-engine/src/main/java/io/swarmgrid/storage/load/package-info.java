/**
 * Whatever lies below a path is brought near once, because somebody asks for it: blocks of the grid, and pages of outer stores.
 *
 * <p>A {@code LoadRun} walks the tree several times: it looks how much there is and whether that can be near, brings what is not, and looks
 * again. Threads: {@code load}, one for the run that a node is at, which walks, and {@code load-worker}, which look at files and bring blocks.
 * Nothing is remembered over a restart.
 */
@NullMarked
package io.swarmgrid.storage.load;

import org.jspecify.annotations.NullMarked;
