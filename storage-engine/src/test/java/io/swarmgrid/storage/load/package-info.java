@NullMarked
package io.swarmgrid.storage.load;

import org.jspecify.annotations.NullMarked;
