package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.concat}.
 *
 * @param path the file that the others are joined to
 * @param sources what follows its end, in this order
 * @param operationId names this change, so that a retry of it happens once
 */
public record Concat(
        String path, List<String> sources, @Nullable String operationId) {
    public Concat {
        sources = List.copyOf(sources);
    }
}
