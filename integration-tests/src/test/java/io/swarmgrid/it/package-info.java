/**
 * The product from outside: grids of real processes on loopback, the command line as a user calls it, and plain pyarrow.
 * A test starts what it needs in a directory of its own and ends it.
 */
@NullMarked
package io.swarmgrid.it;

import org.jspecify.annotations.NullMarked;
