/**
 * The Flight door: what docs/flight-api.md says, on top of the services of the grid. Knows JSON, tickets and record
 * batches, and leaves every decision to the services.
 *
 * <p>Threads: gRPC's callbacks run on {@code grpc-call} threads, which also serve the calls that answer at once. A DoGet is
 * pumped by {@code flight-get} threads, taken only while its client is ready, and a DoPut is read by a {@code flight-put}
 * thread. All of them are as many as there are calls, and those are bounded by {@code limits.max-streams}. No locks.
 */
@NullMarked
package io.swarmgrid.node.flight;

import org.jspecify.annotations.NullMarked;
