@NullMarked
package io.swarmgrid.storage.batch;

import org.jspecify.annotations.NullMarked;
