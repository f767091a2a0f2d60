/**
 * What survives a power cut: nodes on a file system of the test's own, which forgets what was not forced. The file system is
 * served by the test's JVM, by threads of its mounts; the nodes are processes.
 */
@NullMarked
package io.swarmgrid.it.power;

import org.jspecify.annotations.NullMarked;
