/**
 * Who calls: tokens, Flight's basic handshake, and the nodes of the grid among themselves; and the interceptor that every
 * call on the port passes, which puts the caller, the QoS class and the request id into the call's context. Threads: none of
 * its own.
 */
@NullMarked
package io.swarmgrid.node.auth;

import org.jspecify.annotations.NullMarked;
