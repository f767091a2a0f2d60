package io.swarmgrid.client.wire;

/** Names a session to commit or abort. */
public record SessionRequest(String session) {}
