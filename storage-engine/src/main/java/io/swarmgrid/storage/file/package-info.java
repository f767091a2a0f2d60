/**
 * Files as callers see them: writers that become visible on commit, readers that check every byte and go on at another
 * holder.
 *
 * <p>A file is written run after run, a run being what one block takes unless nodes are lost meanwhile. The caller's thread
 * writes the present run; a {@code file-seal} thread seals the one before, so that the device always has work.
 */
@NullMarked
package io.swarmgrid.storage.file;

import org.jspecify.annotations.NullMarked;
