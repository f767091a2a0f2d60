/**
 * A grid as its callers see it: {@link io.swarmgrid.client.grid.GridClient} knows several doors, goes on to the next where
 * one is silent, and turns what the wire says into {@link io.swarmgrid.client.GridException}s. Thread-safe; threads: the
 * callers', the channels' own, and one watch that ends streams which have fallen silent.
 */
@NullMarked
package io.swarmgrid.client.grid;

import org.jspecify.annotations.NullMarked;
