@NullMarked
package io.swarmgrid.mount.file;

import org.jspecify.annotations.NullMarked;
