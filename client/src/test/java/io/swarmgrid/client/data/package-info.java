/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.client.data;

import org.jspecify.annotations.NullMarked;
