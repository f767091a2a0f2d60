package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code fs.mkdir}; {@code parents} null for false. */
public record MakeDirectory(String path, @Nullable Boolean parents) {}
