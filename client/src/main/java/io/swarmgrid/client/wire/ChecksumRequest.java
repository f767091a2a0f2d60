package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.checksum}.
 *
 * @param sizeBytes of how many bytes from the beginning; null, or more than there are, for all
 */
public record ChecksumRequest(String path, @Nullable Long sizeBytes) {}
