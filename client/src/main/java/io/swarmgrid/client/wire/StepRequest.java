package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/** The request of {@code checkpoint.info} (no step: the latest complete one) and {@code checkpoint.remove}. */
public record StepRequest(String series, @Nullable Long step) {}
