package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.Json;

/** One command's connection to the grid, made when it is first needed. */
public final class Session implements AutoCloseable {
    private final SwarmCommand swarm;

    Session(SwarmCommand swarm) {
        this.swarm = swarm;
    }

    public Output output() {
        return swarm.output();
    }

    public <T> T call(String operation, Object request, Class<T> answer) {
        return Json.read(Json.write(operation + request), answer);
    }

    @Override
    public void close() {}
}
