@NullMarked
package io.swarmgrid.storage.block;

import org.jspecify.annotations.NullMarked;
