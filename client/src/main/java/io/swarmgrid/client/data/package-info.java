/**
 * Datasets and files, in and out, over a {@link io.swarmgrid.client.grid.GridClient}: reads that go on at another node
 * where one dies in the middle, and puts that happen once. Threads: the caller's, and those that a parallel read owns for
 * its length.
 */
@NullMarked
package io.swarmgrid.client.data;

import org.jspecify.annotations.NullMarked;
