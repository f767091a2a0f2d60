/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.node.demo;

import org.jspecify.annotations.NullMarked;
