@NullMarked
package io.swarmgrid.storage.placement;

import org.jspecify.annotations.NullMarked;
