/** The work of {@code swarm bench hadoop} and {@code storage} on Hadoop's file systems, {@code hdfs://} and {@code swarm://} alike. */
@NullMarked
package io.swarmgrid.bench;

import org.jspecify.annotations.NullMarked;
