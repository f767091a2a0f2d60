package io.swarmgrid.client.wire;

/** What {@code fs.put_many} has done. */
public record PutManyResult(String path, long files, long sizeBytes) {}
