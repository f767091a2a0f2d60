package io.swarmgrid.config;

/**
 * Where a node listens; port 0 takes a free one.
 *
 * @param flight Arrow Flight, the door for data
 * @param grid discovery of the other nodes, what {@code grid.seeds} points at
 * @param transport messages between the nodes' metadata engines
 * @param http health, readiness, metrics
 */
public record ListenConfig(HostPort flight, HostPort grid, HostPort transport, HostPort http) {
    static ListenConfig defaults() {
        return new ListenConfig(
                new HostPort("127.0.0.1", 7070),
                new HostPort("127.0.0.1", 7071),
                new HostPort("127.0.0.1", 0),
                new HostPort("127.0.0.1", 7072));
    }
}
