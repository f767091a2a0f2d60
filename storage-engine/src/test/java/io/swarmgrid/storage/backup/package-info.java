@NullMarked
package io.swarmgrid.storage.backup;

import org.jspecify.annotations.NullMarked;
