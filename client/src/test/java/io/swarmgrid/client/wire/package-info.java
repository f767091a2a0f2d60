/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.client.wire;

import org.jspecify.annotations.NullMarked;
