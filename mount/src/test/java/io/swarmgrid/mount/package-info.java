@NullMarked
package io.swarmgrid.mount;

import org.jspecify.annotations.NullMarked;
