package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code grid.whoami}.
 *
 * @param traceId of the call's {@code traceparent}; null where it had none that could be used
 */
public record CallerInfo(
        String name,
        String tenant,
        List<String> grants,
        String qos,
        String requestId,
        @Nullable String traceId) {
    public CallerInfo {
        grants = List.copyOf(grants);
    }
}
