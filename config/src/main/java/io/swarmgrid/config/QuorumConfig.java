package io.swarmgrid.config;

import java.util.Optional;

/**
 * Who may decide.
 *
 * @param tiebreak name of the node that goes on alone when a grid of two loses the other; empty means neither does
 */
public record QuorumConfig(Optional<String> tiebreak) {
    public QuorumConfig {
        Checks checks = new Checks();
        tiebreak.ifPresent(node -> checks.name("tiebreak", node));
        checks.done();
    }

    static QuorumConfig defaults() {
        return new QuorumConfig(Optional.empty());
    }
}
