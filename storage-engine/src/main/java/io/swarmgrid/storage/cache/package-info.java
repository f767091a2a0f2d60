/**
 * Near copies of this node: blocks of other nodes that are read here, and blocks of its own slow tiers, again in a tier that is nearer.
 * They count for nothing, may vanish at any moment, and are known to nobody else, but for those that are kept. And how much of which blocks this
 * node gives to readers. Knows no metadata and no network.
 *
 * <p>{@link io.swarmgrid.storage.cache.NearCopies} is what readers ask, a {@code Shelf} has the near files of one tier and the opinion of
 * which are worth its room, {@code Fetches} has each brought once for all who want it, and {@link io.swarmgrid.storage.cache.Demand} counts what was read. Threads: the readers', who also remove what is not
 * worth its room any more, and {@code near-fetch}, one for each copy that is being brought. A writer's lock is held during I/O on its
 * file; under it come only the counters of its tier.
 */
@NullMarked
package io.swarmgrid.storage.cache;

import org.jspecify.annotations.NullMarked;
