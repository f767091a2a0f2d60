/**
 * Where backups of the metadata lie, and what is written beside each: whose it is and what is in it. Knows no Ignite: how the
 * metadata itself gets into a backup, and out of it, is {@code storage.namespace.ignite}'s.
 *
 * <p>A backup is a directory of its own below the one that has them all. In it each node has a part: what Ignite wrote for it, and a
 * file {@code swarm-NODE.json}, which comes last and without which the part counts for nothing. Parts of several nodes may
 * lie in one directory, on a shared file system, or each in one of its own.
 */
@NullMarked
package io.swarmgrid.storage.backup;

import org.jspecify.annotations.NullMarked;
