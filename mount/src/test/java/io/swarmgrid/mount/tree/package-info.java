@NullMarked
package io.swarmgrid.mount.tree;

import org.jspecify.annotations.NullMarked;
