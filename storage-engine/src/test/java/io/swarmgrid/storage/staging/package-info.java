@NullMarked
package io.swarmgrid.storage.staging;

import org.jspecify.annotations.NullMarked;
