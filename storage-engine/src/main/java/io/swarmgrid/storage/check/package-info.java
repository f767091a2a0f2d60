/**
 * Whether what the metadata says of files is so: every block of every file below a path, every copy on its node. Nothing is
 * kept between two calls; the caller's page token says where to go on.
 */
@NullMarked
package io.swarmgrid.storage.check;

import org.jspecify.annotations.NullMarked;
