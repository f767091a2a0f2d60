/**
 * The namespace on Ignite: caches and their keys, the records in them, one class for each change.
 *
 * <p>All caches are one group, so a partition holds the names of a directory together with the inodes, inlined bytes and
 * blocks of the files that were made in it. Every change is an OPTIMISTIC SERIALIZABLE transaction: Ignite orders those by
 * version and not by waiting, so there is no lock order to keep and no deadlock; a conflict is tried again, bounded. A
 * step runs on the caller's thread, or on Ignite's public pool where the partition's primary is, and never sends another
 * step from there. A transaction is applied key by key, in the order in which it first touched them, and readers look in no
 * transaction: what they must see whole is ordered, and checked by the way back in the inode and the stamp in the guard.
 */
@NullMarked
package io.swarmgrid.storage.namespace.ignite;

import org.jspecify.annotations.NullMarked;
