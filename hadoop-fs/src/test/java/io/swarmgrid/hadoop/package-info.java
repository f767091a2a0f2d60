/** Tests of what stands without a node; the rest is in integration-tests. */
@NullMarked
package io.swarmgrid.hadoop;

import org.jspecify.annotations.NullMarked;
