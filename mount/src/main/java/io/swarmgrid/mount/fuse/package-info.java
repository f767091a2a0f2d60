/**
 * FUSE's protocol with the Linux kernel ({@code linux/fuse.h}), and of the grid no more than its exception: requests, answers, the
 * threads that serve them. The distribution's libfuse3 makes the mount and hands its device over; no call of a file goes through it.
 */
@NullMarked
package io.swarmgrid.mount.fuse;

import org.jspecify.annotations.NullMarked;
