/** Tests of the package of the same name. */
@NullMarked
package io.swarmgrid.node.auth;

import org.jspecify.annotations.NullMarked;
