/**
 * {@code swarm://} for Hadoop: {@link io.swarmgrid.hadoop.SwarmFileSystem} for its FileSystem API and {@link
 * io.swarmgrid.hadoop.Swarm} for FileContext, over the client alone, and of that only actions and raw bytes: no Arrow is
 * loaded. What the grid throws becomes an IOException in {@link io.swarmgrid.hadoop.Errors} and nowhere else.
 *
 * <p>A file system is thread-safe; its streams are as Hadoop says: positioned reads may be made by several threads, all else
 * by one at a time. Threads: the callers', the connections' own, and {@code swarm-vectored-read} ones, a few for each file
 * system.
 */
@NullMarked
package io.swarmgrid.hadoop;

import org.jspecify.annotations.NullMarked;
