/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.client.grid;

import org.jspecify.annotations.NullMarked;
