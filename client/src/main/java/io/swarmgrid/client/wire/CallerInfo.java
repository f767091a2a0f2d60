package io.swarmgrid.client.wire;

import java.util.List;

/** The answer of {@code grid.whoami}. */
public record CallerInfo(String name, String tenant, List<String> grants, String qos, String requestId) {
    public CallerInfo {
        grants = List.copyOf(grants);
    }
}
