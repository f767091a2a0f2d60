/** Tests of what a measured process does. */
@NullMarked
package io.swarmgrid.node.bench.work;

import org.jspecify.annotations.NullMarked;
