package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.stat}.
 *
 * @param id the file with this identity, wherever it is by now; null for the entry that is at the path
 */
public record StatRequest(String path, @Nullable Long id) {}
