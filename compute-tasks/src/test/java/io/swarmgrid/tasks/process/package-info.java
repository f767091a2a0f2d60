/** Real processes: started, heard, killed with their children. */
@NullMarked
package io.swarmgrid.tasks.process;

import org.jspecify.annotations.NullMarked;
