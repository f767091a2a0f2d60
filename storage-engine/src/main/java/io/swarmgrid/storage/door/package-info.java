/**
 * The raw byte service of a node, beside Flight on the same port: whole files and actions for clients, blocks for the other nodes.
 * Calls are served on the server's executor, one thread at a time for each; a call waits there for disk, scheduler and
 * other nodes, never for its own connection.
 */
@NullMarked
package io.swarmgrid.storage.door;

import org.jspecify.annotations.NullMarked;
