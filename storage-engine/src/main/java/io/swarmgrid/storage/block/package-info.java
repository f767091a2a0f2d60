/** The blocks of this node: plain files with checksum sidecars in tier directories. Knows no metadata and no network. */
@NullMarked
package io.swarmgrid.storage.block;

import org.jspecify.annotations.NullMarked;
