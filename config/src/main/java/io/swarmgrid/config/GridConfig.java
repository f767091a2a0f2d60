package io.swarmgrid.config;

import java.time.Duration;
import java.util.List;

/**
 * The grid a node belongs to.
 *
 * @param name nodes of another name are never joined, and a data directory belongs to one name
 * @param seeds grid addresses of some nodes to ask for the way in; none starts a grid of its own
 * @param joinTimeout how long a node tries to reach a seed before it gives up
 * @param failureTimeout after how much silence of a node the others go on without it; the same on every node
 */
public record GridConfig(String name, List<HostPort> seeds, Duration joinTimeout, Duration failureTimeout) {
    public GridConfig {
        seeds = List.copyOf(seeds);
        new Checks()
                .name("name", name)
                .that(seeds.size() <= 1000, "seeds", seeds.size() + " seeds, expected at most 1000")
                .that(seeds.stream().allMatch(seed -> seed.port() > 0), "seeds", "port 0, expected 1 to 65535")
                .between("join-timeout", joinTimeout, "1s", "1d")
                .between("failure-timeout", failureTimeout, "500ms", "5m")
                .done();
    }

    static GridConfig defaults() {
        return new GridConfig("swarm", List.of(), Duration.ofSeconds(60), Duration.ofSeconds(5));
    }
}
