/** Tasks on one node in this JVM, with real processes. */
@NullMarked
package io.swarmgrid.tasks;

import org.jspecify.annotations.NullMarked;
