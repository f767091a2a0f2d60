/** Where a block should be: weighted rendezvous hashing over the nodes that can take it, distinct zones first. */
@NullMarked
package io.swarmgrid.storage.placement;

import org.jspecify.annotations.NullMarked;
