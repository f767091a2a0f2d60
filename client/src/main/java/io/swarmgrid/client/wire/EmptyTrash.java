package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.empty_trash}: what was below {@code path}, null for everywhere.
 *
 * @param olderThanMs only what was removed so long ago; null for all
 */
public record EmptyTrash(@Nullable String path, @Nullable Long olderThanMs) {}
