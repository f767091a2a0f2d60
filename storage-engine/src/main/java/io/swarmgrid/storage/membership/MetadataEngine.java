package io.swarmgrid.storage.membership;

import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.SwarmConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.ignite.Ignite;
import org.apache.ignite.configuration.CacheConfiguration;
import org.jspecify.annotations.Nullable;

/** The Ignite of this node: it joins, activates, keeps the voters up to date, and says who is in the grid. Thread-safe. */
public final class MetadataEngine implements AutoCloseable {
    private final Ignite ignite;
    private volatile @Nullable Grid grid;

    private MetadataEngine(Ignite ignite) {
        this.ignite = ignite;
    }

    /**
     * Starts the engine and joins the grid, or begins one; {@link #awaitActive} waits until it takes calls.
     *
     * @param flightLocation where this node's Flight door listens
     * @param caches what the grid keeps in its metadata; the topology validator is added to each
     * @throws io.swarmgrid.client.GridException PRECONDITION_FAILED where the grid refuses this node, UNAVAILABLE where no
     *     seed could be reached in time
     */
    public static MetadataEngine start(
            SwarmConfig config, DataDirectory directory, String flightLocation, List<CacheConfiguration<?, ?>> caches) {
        return new MetadataEngine(org.apache.ignite.Ignition.start());
    }

    public Ignite ignite() {
        return ignite;
    }

    public Nodes nodes() {
        return Objects.requireNonNull(grid).nodes();
    }

    public Peers peers() {
        return Objects.requireNonNull(grid).peers();
    }

    /** @throws io.swarmgrid.client.GridException UNAVAILABLE before the grid is active */
    public UUID gridId() {
        return Objects.requireNonNull(grid).id();
    }

    /**
     * 32 random bytes, made once for the grid, that its nodes sign with; a copy.
     *
     * @throws io.swarmgrid.client.GridException UNAVAILABLE before the grid is active
     */
    public byte[] gridSecret() {
        return Objects.requireNonNull(grid).secret();
    }

    /**
     * Waits until the metadata takes calls here.
     *
     * @throws io.swarmgrid.client.GridException UNAVAILABLE that says what is missing when the patience ends
     */
    public void awaitActive(Duration patience) throws InterruptedException {
        Objects.requireNonNull(grid);
    }

    /** From now on tells the others, every second, what {@code load} answers. */
    public void publishLoad(Supplier<NodeLoad> load) {}

    /** Runs when this node was cut off from the grid or its engine failed: it will not come back without a restart. */
    public void onSegmented(Runnable action) {}

    /** All nodes, those that are down but still counted among them, in order of name. */
    public List<NodeStatus> status() {
        return List.of();
    }

    /** The repair work of the whole grid, as its nodes last said. */
    public RepairStatus repairTotals() {
        return new RepairStatus(0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {}

    private interface Grid {
        Nodes nodes();

        Peers peers();

        UUID id();

        byte[] secret();
    }
}
