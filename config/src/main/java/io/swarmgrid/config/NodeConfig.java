package io.swarmgrid.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * This node.
 *
 * @param name unique in the grid; empty means the name of the machine ({@link SwarmConfig#nodeName()})
 * @param zone where it stands (rack, room, availability zone); replicas go to distinct zones first
 * @param advertise the host others call it by; empty means {@link SwarmConfig#advertisedHost()} finds one
 * @param data directory of its metadata, blocks and identity
 * @param witness whether it votes and keeps metadata, but takes no blocks
 * @param recover whether it may start although its metadata is gone
 */
public record NodeConfig(
        Optional<String> name, String zone, Optional<String> advertise, Path data, boolean witness, boolean recover) {
    public NodeConfig {
        Checks checks = new Checks().name("zone", zone);
        name.ifPresent(given -> checks.name("name", given));
        advertise.ifPresent(host ->
                checks.that(host.matches("[^\\s/\\[\\]]+"), "advertise", "\"" + host + "\", expected a host, no port"));
        checks.done();
    }

    static NodeConfig defaults() {
        return new NodeConfig(Optional.empty(), "default", Optional.empty(), Path.of("./swarm-data"), false, false);
    }
}
