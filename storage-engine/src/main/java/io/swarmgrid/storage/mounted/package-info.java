/**
 * Outer stores as a part of the namespace: what lies below a mount is listed, looked at and read as if it were here. The metadata has nothing
 * of it.
 *
 * <p>{@link io.swarmgrid.storage.mounted.MountedFiles} and {@link io.swarmgrid.storage.mounted.MountedStore} stand before the namespace and the
 * files of the grid: what these do not find may lie below a mount, and then {@code Outside} says what the store has, as {@code Statuses}
 * remembers it for a moment. Bytes come in pages, each kept as a near copy under a name that is made of the store, the path, the version and
 * the place: {@code Pages} has each brought once for all who want it, from the node that is its home, which has it from the store.
 * Threads: {@code outer-fetch}, one for each run of pages that is being brought; nothing is asked of a store under a lock.
 */
@NullMarked
package io.swarmgrid.storage.mounted;

import org.jspecify.annotations.NullMarked;
