/**
 * The Java SDK of SwarmGrid, over Arrow Flight alone: errors, paths and the client itself. Nothing here knows the
 * server. All types are immutable or say otherwise.
 */
@NullMarked
package io.swarmgrid.client;

import org.jspecify.annotations.NullMarked;
