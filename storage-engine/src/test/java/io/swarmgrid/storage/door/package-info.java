/** Several nodes in one process, each with its own block store and its own server on loopback. */
@NullMarked
package io.swarmgrid.storage.door;

import org.jspecify.annotations.NullMarked;
