/** Blocks between nodes: the write pipeline along the chain of holders, and the reading of a block from a peer. */
@NullMarked
package io.swarmgrid.storage.replica;

import org.jspecify.annotations.NullMarked;
