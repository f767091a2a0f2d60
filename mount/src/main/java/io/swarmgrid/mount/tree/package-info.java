/** The kernel's numbers of entries and the paths they have in the grid, and what the grid is asked about them. */
@NullMarked
package io.swarmgrid.mount.tree;

import org.jspecify.annotations.NullMarked;
