package io.swarmgrid.client.wire;

/** The {@code checkpoint.put} command: one shard of an open checkpoint session. */
public record ShardPut(String session, String shard) {}
