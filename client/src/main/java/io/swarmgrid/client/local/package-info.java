/**
 * Calls between processes of one machine, over Unix sockets: the messages, for both ends, and the client's end. A connection has one
 * call at a time, whose caller itself writes and reads, so that no thread stands between a caller and the node.
 *
 * <p>Threads: callers' own, and one of a client that looks after calls which last.
 */
@NullMarked
package io.swarmgrid.client.local;

import org.jspecify.annotations.NullMarked;
