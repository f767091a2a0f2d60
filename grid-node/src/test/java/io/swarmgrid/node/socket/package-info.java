/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.node.socket;

import org.jspecify.annotations.NullMarked;
