/** Files as callers see them: writers that become visible on commit, readers that check every byte and go on at another holder. */
@NullMarked
package io.swarmgrid.storage.file;

import org.jspecify.annotations.NullMarked;
