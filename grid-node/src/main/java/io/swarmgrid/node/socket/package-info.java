/**
 * The door for processes of the node's own machine: actions over a Unix socket, and so without the threads and the frames of a
 * network. Threads: one that takes connections, and one for each connection, which serves its calls.
 */
@NullMarked
package io.swarmgrid.node.socket;

import org.jspecify.annotations.NullMarked;
