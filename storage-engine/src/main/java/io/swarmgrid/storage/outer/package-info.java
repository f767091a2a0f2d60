/**
 * Stores outside of the grid: a directory of the machine ({@code file:}), and by {@code storage.archive} whatever Hadoop can reach.
 *
 * <p>{@link io.swarmgrid.storage.outer.OuterStore} is one as it is, {@link io.swarmgrid.storage.outer.SteadyStore} asks it again where it does
 * not answer, and refuses at once for a while where that was no use. Knows no metadata and no network of the grid. Threads: {@code
 * outer-call}, at most as many as may be asked at a time, since a store may hang, and four {@code outer-end}, which close what was given up; no
 * lock is held while it is asked, but that of the one file that is being written.
 */
@NullMarked
package io.swarmgrid.storage.outer;

import org.jspecify.annotations.NullMarked;
