/**
 * Rows of Arrow record batches at the level of their buffers: cut, gathered and concatenated by one copy into a body of
 * known size, whatever the types. What comes in is checked against its buffers, so that damaged input is an error and not a
 * read beyond memory. Nothing here has threads; nothing keeps memory but what says so.
 */
@NullMarked
package io.swarmgrid.storage.batch;

import org.jspecify.annotations.NullMarked;
