/** The difference between where blocks are and where they should be, and the work that removes it. */
@NullMarked
package io.swarmgrid.storage.repair;

import org.jspecify.annotations.NullMarked;
