package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code fs.set_attribute}; without a value the attribute goes. */
public record SetAttribute(
        String path, String name, @Nullable String value) {}
