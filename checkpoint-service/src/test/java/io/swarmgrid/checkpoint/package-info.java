/** Checkpoints over a namespace and a file store in memory. */
@NullMarked
package io.swarmgrid.checkpoint;

import org.jspecify.annotations.NullMarked;
