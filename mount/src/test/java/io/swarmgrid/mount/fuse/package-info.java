@NullMarked
package io.swarmgrid.mount.fuse;

import org.jspecify.annotations.NullMarked;
