/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.node.http;

import org.jspecify.annotations.NullMarked;
