/** Tests of the Hadoop side of the benchmarks. */
@NullMarked
package io.swarmgrid.bench;

import org.jspecify.annotations.NullMarked;
