/**
 * What is read and written of files while they are open here, and what of that is not in the grid yet. Threads: the mount's. A file's
 * lock is held over calls of the grid, so that one file waits for them and no other does.
 */
@NullMarked
package io.swarmgrid.mount.file;

import org.jspecify.annotations.NullMarked;
