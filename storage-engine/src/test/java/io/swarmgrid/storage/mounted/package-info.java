@NullMarked
package io.swarmgrid.storage.mounted;

import org.jspecify.annotations.NullMarked;
