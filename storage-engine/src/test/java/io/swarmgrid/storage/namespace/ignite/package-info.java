/** The namespace on real Ignite nodes, in this JVM and on loopback. */
@NullMarked
package io.swarmgrid.storage.namespace.ignite;

import org.jspecify.annotations.NullMarked;
