package io.swarmgrid.node.bench.worker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of an order.
 *
 * @param figures by name; empty where it failed
 * @param error why it failed; null where it did not
 */
public record Answer(Map<String, Double> figures, @Nullable String error) {
    public Answer {
        figures = Map.copyOf(figures);
    }
}
