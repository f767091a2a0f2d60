/** The walls between the modules, as docs/architecture.md draws them. */
@NullMarked
package io.swarmgrid.walls;

import org.jspecify.annotations.NullMarked;
