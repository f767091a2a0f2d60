/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.node.bench;

import org.jspecify.annotations.NullMarked;
