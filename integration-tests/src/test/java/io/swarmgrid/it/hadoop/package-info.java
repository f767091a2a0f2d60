/**
 * The Hadoop file system against real nodes: Hadoop's own contract of file systems, and what the contract does not ask. Each
 * class starts its grid and ends it.
 */
@NullMarked
package io.swarmgrid.it.hadoop;

import org.jspecify.annotations.NullMarked;
