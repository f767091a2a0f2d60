@NullMarked
package io.swarmgrid.storage.journal;

import org.jspecify.annotations.NullMarked;
