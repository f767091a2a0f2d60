/**
 * The blocks of this node: plain files with checksum sidecars in tier directories. Knows no metadata and no network.
 *
 * <p>{@link io.swarmgrid.storage.block.LocalBlockStore} keeps the index, a {@code Tier} one directory and its room, a
 * {@code Sidecar} what lies beside a sealed block. Threads: the callers', and one that gives write-back a head start. A
 * writer's own lock is held during I/O on its block; under it come only the counters of its tier. Memory for reading
 * comes from {@link io.swarmgrid.storage.block.ChunkBuffers}, which the rest of the node shares.
 */
@NullMarked
package io.swarmgrid.storage.block;

import org.jspecify.annotations.NullMarked;
