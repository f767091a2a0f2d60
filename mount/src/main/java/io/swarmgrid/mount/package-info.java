/**
 * The grid as a directory of this machine: {@link io.swarmgrid.mount.Mount}, a mount while it lasts, and
 * {@link io.swarmgrid.mount.MountTable}, what is mounted here. In {@code fuse} is the kernel's protocol, in {@code tree} who is called
 * what, in {@code file} what is read and written. Threads: those of {@code fuse.FuseServer}, a request each. Locks: a file's, then
 * the tree's; the tree's is never held over a call.
 */
@NullMarked
package io.swarmgrid.mount;

import org.jspecify.annotations.NullMarked;
