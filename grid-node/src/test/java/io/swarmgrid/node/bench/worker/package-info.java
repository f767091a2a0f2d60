/** Tests of what a measured process does. */
@NullMarked
package io.swarmgrid.node.bench.worker;

import org.jspecify.annotations.NullMarked;
