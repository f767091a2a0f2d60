@NullMarked
package io.swarmgrid.storage.run;

import org.jspecify.annotations.NullMarked;
