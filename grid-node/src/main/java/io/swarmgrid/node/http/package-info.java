/**
 * Health, readiness, metrics and version over plain HTTP, for probes and for Prometheus. Threads: the JDK server's
 * dispatcher and at most four {@code http} threads; a request beyond their bounded queue is turned away.
 */
@NullMarked
package io.swarmgrid.node.http;

import org.jspecify.annotations.NullMarked;
