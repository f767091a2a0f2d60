/**
 * What the metadata says of names, once more in plain files beside the blocks: the blocks' own sidecars know where a file was
 * when it was sealed, and nothing of renames, attributes, small files and removals. Read only when all metadata is lost. Knows
 * no Ignite: a value is what {@code storage.namespace.ignite} put into it.
 *
 * <p>Threads: one at a time for a {@link io.swarmgrid.storage.journal.NamesJournal}, which locks itself.
 */
@NullMarked
package io.swarmgrid.storage.journal;

import org.jspecify.annotations.NullMarked;
