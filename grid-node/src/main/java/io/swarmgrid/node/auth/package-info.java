/**
 * Who calls: tokens, Flight's basic handshake, and the nodes of the grid among themselves; and the entrance that every call
 * passes, at whichever door it comes, which gives it the caller, the QoS class and the request id. Threads: none of its own.
 */
@NullMarked
package io.swarmgrid.node.auth;

import org.jspecify.annotations.NullMarked;
