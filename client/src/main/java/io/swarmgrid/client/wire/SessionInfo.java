package io.swarmgrid.client.wire;

/** A put by several writers that becomes visible by one commit; after {@code expiresMs} of silence it is given up. */
public record SessionInfo(String session, String path, long expiresMs) {}
