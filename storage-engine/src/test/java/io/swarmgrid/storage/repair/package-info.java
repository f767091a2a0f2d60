@NullMarked
package io.swarmgrid.storage.repair;

import org.jspecify.annotations.NullMarked;
