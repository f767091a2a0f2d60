package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The {@code file.read} command; null for from the beginning, and to the end. */
public record FileRead(
        String path, @Nullable Long offset, @Nullable Long lengthBytes) {}
