/** Long pieces of work that a caller begins and then asks after. Each has a thread of its own. */
@NullMarked
package io.swarmgrid.storage.run;

import org.jspecify.annotations.NullMarked;
