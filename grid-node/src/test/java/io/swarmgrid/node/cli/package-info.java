/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.node.cli;

import org.jspecify.annotations.NullMarked;
