/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.node.flight;

import org.jspecify.annotations.NullMarked;
