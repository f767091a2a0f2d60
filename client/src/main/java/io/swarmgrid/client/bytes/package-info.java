/**
 * Raw bytes over gRPC beside Flight, on the same port: whole files between clients and nodes, blocks among nodes, and
 * the grid's actions for clients that have no Flight. A frame is a small head and a payload, and the payload is never
 * copied through the Java heap on its way in.
 *
 * <p>Ownership: whoever holds a {@link io.swarmgrid.client.bytes.Frame} releases it; handing it to a call hands that over.
 * gRPC's callbacks run on its own threads and never block here; callers wait on their own threads, always bounded.
 */
@NullMarked
package io.swarmgrid.client.bytes;

import org.jspecify.annotations.NullMarked;
