/** Tests of a whole node in this JVM. */
@NullMarked
package io.swarmgrid.node;

import org.jspecify.annotations.NullMarked;
