/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.client.local;

import org.jspecify.annotations.NullMarked;
