/** The namespace and the files of a grid in memory, for tests of what is built on them. */
@NullMarked
package io.swarmgrid.storage.memory;

import org.jspecify.annotations.NullMarked;
