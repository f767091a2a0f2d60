package io.swarmgrid.client.wire;

/**
 * What lies below a path.
 *
 * @param sizeBytes the files lengths added up
 * @param storedBytes what they take with their replicas
 */
public record Usage(String path, long files, long directories, long sizeBytes, long storedBytes) {}
