@NullMarked
package io.swarmgrid.storage.dataset;

import org.jspecify.annotations.NullMarked;
