package io.swarmgrid.client.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The request of {@code checkpoint.commit}; the metadata is the caller's own. */
public record CheckpointCommit(String session, @Nullable ObjectNode metadata) {}
