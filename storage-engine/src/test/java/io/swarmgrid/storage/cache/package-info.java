@NullMarked
package io.swarmgrid.storage.cache;

import org.jspecify.annotations.NullMarked;
