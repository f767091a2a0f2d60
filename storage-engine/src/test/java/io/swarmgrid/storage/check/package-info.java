@NullMarked
package io.swarmgrid.storage.check;

import org.jspecify.annotations.NullMarked;
