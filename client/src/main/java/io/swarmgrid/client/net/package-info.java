/**
 * Connections to nodes: one shared gRPC channel for each location, what every call on it carries, and errors as they
 * travel. Everything is safe for use by several threads.
 */
@NullMarked
package io.swarmgrid.client.net;

import org.jspecify.annotations.NullMarked;
