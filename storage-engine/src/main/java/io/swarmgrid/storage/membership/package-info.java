/** Who is in the grid, who may decide, and what each node can take. */
@NullMarked
package io.swarmgrid.storage.membership;

import org.jspecify.annotations.NullMarked;
