@NullMarked
package io.swarmgrid.storage.archive;

import org.jspecify.annotations.NullMarked;
