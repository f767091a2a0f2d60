package io.swarmgrid.node;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.SecurityRules;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.node.auth.Authenticator;
import io.swarmgrid.node.auth.TokensFile;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node, put together. Thread-safe. */
public final class GridNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GridNode.class);

    private final Closing opened;
    private final CompletableFuture<NodeEnd> ended;
    private final Assembly.Doors doors;
    private final String name;

    private GridNode(Closing opened, CompletableFuture<NodeEnd> ended, Assembly.Doors doors, String name) {
        this.opened = opened;
        this.ended = ended;
        this.doors = doors;
        this.name = name;
    }

    /**
     * Starts a node; when this returns it takes calls. While the grid is not active, because too few of its nodes are up,
     * it waits and says in the log what for.
     *
     * @throws io.swarmgrid.config.ConfigException where {@link SecurityRules} forbid it
     * @throws GridException PRECONDITION_FAILED (a port or the data directory is in use, or is another grid's),
     *     UNAVAILABLE (no seed answers), INVALID_ARGUMENT (a file that the configuration names cannot be used)
     */
    public static GridNode start(SwarmConfig config) {
        SecurityRules.check(config);
        long startNanos = System.nanoTime();
        Closing opened = new Closing();
        CompletableFuture<NodeEnd> ended = new CompletableFuture<>();
        boolean started = false;
        try {
            Authenticator authenticator =
                    new Authenticator(config.security().tokensFile().map(TokensFile::open));
            Assembly.Doors doors = new Assembly(config, authenticator, opened, ended).run();
            started = true;
            log.info(
                    "ready: node={} grid={} flight={} http={} ready_ms={}",
                    config.nodeName(),
                    config.grid().name(),
                    doors.flight(),
                    doors.httpPort(),
                    (System.nanoTime() - startNanos) / 1_000_000);
            return new GridNode(opened, ended, doors, config.nodeName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while the node was starting", e);
        } finally {
            if (!started) {
                opened.close();
            }
        }
    }

    /** Its Flight address, {@code grpc://host:port} or {@code grpc+tls://host:port}. */
    public String location() {
        return doors.flight();
    }

    /** The port of its HTTP door. */
    public int httpPort() {
        return doors.httpPort();
    }

    /** Waits until the node has ended, or has to: then {@link #close} is still the caller's. */
    public NodeEnd awaitTermination() throws InterruptedException {
        try {
            return ended.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a node never fails", e);
        }
    }

    /** Ends the calls, then everything behind them. Idempotent. */
    @Override
    public void close() {
        if (ended.complete(NodeEnd.STOPPED)) {
            log.info("stopping: node={}", name);
        }
        opened.close();
    }
}
