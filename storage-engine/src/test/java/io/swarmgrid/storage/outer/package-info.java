@NullMarked
package io.swarmgrid.storage.outer;

import org.jspecify.annotations.NullMarked;
