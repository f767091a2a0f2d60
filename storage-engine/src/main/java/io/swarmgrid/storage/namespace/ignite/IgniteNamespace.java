package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.BlockCensus;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.placement.Placement;
import org.apache.ignite.Ignite;

/**
 * The namespace as it is kept in Ignite. Made before the grid is active; owns nothing that must be closed.
 */
@SuppressWarnings("DoNotCallSuggester") // until its parts land
public final class IgniteNamespace {
    private final Ignite ignite;
    private final SwarmConfig config;
    private final Nodes nodes;
    private final Placement placement;

    /** @param ignite a node that was started with {@link NamespaceCaches#configurations} */
    public IgniteNamespace(Ignite ignite, SwarmConfig config, Nodes nodes, Placement placement) {
        this.ignite = ignite;
        this.config = config;
        this.nodes = nodes;
        this.placement = placement;
    }

    /** Makes the root and the staging directory where they are not there yet; called once the grid is active. */
    public void format() {
        throw missing();
    }

    public Files files() {
        throw missing();
    }

    public FileMetadata fileMetadata() {
        throw missing();
    }

    public BlockCensus census() {
        throw missing();
    }

    private GridException missing() {
        return new GridException(
                ErrorCode.UNSUPPORTED, "no namespace yet: " + ignite.name() + config.grid() + nodes + placement);
    }
}
