package io.swarmgrid.client.wire;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import org.jspecify.annotations.Nullable;

/** An error as it travels, in the extra info of a Flight status. */
public record ErrorBody(
        ErrorCode code,
        ErrorKind kind,
        String message,
        @Nullable String path,
        @Nullable String hint,
        @Nullable String requestId,
        @Nullable String traceId) {}
