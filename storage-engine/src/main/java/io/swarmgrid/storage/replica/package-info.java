/**
 * Blocks between nodes: the write pipeline along the chain of holders, and the reading of a block from a peer.
 *
 * <p>A block is written by one WriteBlock call from the writer to the first holder, from there to the second and so on. A
 * frame is checked, passed on, written; an acknowledgement that comes back means that this node and all behind it have
 * the bytes. When a node of the chain is lost its upstream ends its own call with an error that names it
 * ({@code x-swarm-failed-node}), the others keep the open block for a while, and the writer goes on with them in a new
 * call under the next epoch.
 *
 * <p>Threads: events of a downstream call come on the connection's thread and only note things; disk and scheduler are
 * waited for on the upstream call's own serialized executor. Locks are taken in the order receiver, served call.
 */
@NullMarked
package io.swarmgrid.storage.replica;

import org.jspecify.annotations.NullMarked;
