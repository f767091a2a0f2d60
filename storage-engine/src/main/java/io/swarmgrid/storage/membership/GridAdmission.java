package io.swarmgrid.storage.membership;

import java.io.Serializable;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.configuration.TopologyValidator;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.pagemem.wal.IgniteWriteAheadLogManager;
import org.apache.ignite.plugin.CachePluginContext;
import org.apache.ignite.plugin.CachePluginProvider;
import org.apache.ignite.plugin.CacheTopologyValidatorProvider;
import org.apache.ignite.plugin.ExtensionRegistry;
import org.apache.ignite.plugin.IgnitePlugin;
import org.apache.ignite.plugin.PluginConfiguration;
import org.apache.ignite.plugin.PluginContext;
import org.apache.ignite.plugin.PluginProvider;
import org.apache.ignite.plugin.PluginValidationException;
import org.jspecify.annotations.Nullable;

/*
 * An Ignite plugin, since that is where Ignite asks before a node is let in, and where a topology validator can come from
 * the node itself instead of being part of every cache's stored configuration: so all caches have it, also those of a
 * later version, and the rule can change with the code.
 */
/** Says who may join, and when caches may be changed; and brings the log along. */
final class GridAdmission implements PluginProvider<PluginConfiguration> {
    /** Begins what a refused node is told, so that it can be found in Ignite's message. */
    static final String REFUSAL = "swarm refuses: ";

    /** Follows {@link #REFUSAL} where another try may be welcome. */
    static final String NAME_TAKEN = "name taken: ";

    /** The same, and so soon that it is made in any case. */
    static final String VOTERS_CHANGE = "not now: ";

    private static final IgnitePlugin PLUGIN = new IgnitePlugin() {};

    private final String gridName;
    private final Supplier<Optional<UUID>> gridId;
    private final Predicate<ClusterNode> nameTaken;
    private final TopologyValidator majority;
    private final EngineView view;

    /**
     * @param gridId as far as it is known by now
     * @param nameTaken whether another live node has the name of this one
     * @param majority whether the nodes given are a majority of the voters
     * @param view takes the engine while it is about to start, before it asks anything
     */
    GridAdmission(
            String gridName,
            Supplier<Optional<UUID>> gridId,
            Predicate<ClusterNode> nameTaken,
            TopologyValidator majority,
            EngineView view) {
        this.gridName = gridName;
        this.gridId = gridId;
        this.nameTaken = nameTaken;
        this.majority = majority;
        this.view = view;
    }

    @Override
    public String name() {
        return "swarm-admission";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public String copyright() {
        return "";
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // the interface leaves the plugin's type to the caller
    public <T extends IgnitePlugin> T plugin() {
        return (T) PLUGIN;
    }

    @Override
    public void initExtensions(PluginContext context, ExtensionRegistry registry) {
        view.constructed((IgniteEx) context.grid());
        registry.registerExtension(CacheTopologyValidatorProvider.class, cache -> majority);
    }

    @Override
    @SuppressWarnings("deprecation") // what replaces it calls it
    public void validateNewNode(ClusterNode node) {
        String theirs = Attributes.text(node, Attributes.GRID_NAME);
        if (!theirs.equals(gridName)) {
            throw refusal(
                    node,
                    "this is grid '" + gridName + "', the node '" + Attributes.name(node) + "' wants to join grid '"
                            + theirs + "'");
        }
        Optional<UUID> own = gridId.get();
        Optional<UUID> joining = Attributes.gridId(node);
        if (own.isPresent() && joining.isPresent() && !own.equals(joining)) {
            throw refusal(
                    node,
                    "this grid '" + gridName + "' has id " + own.get() + ", the data directory of node '"
                            + Attributes.name(node) + "' belongs to id " + joining.get());
        }
        if (nameTaken.test(node)) {
            throw refusal(node, NAME_TAKEN + "a node named '" + Attributes.name(node) + "' is in the grid");
        }
        if (view.votersChange()) {
            // Ignite would tell it the new voters without those before them, and without these it never starts again.
            throw refusal(node, VOTERS_CHANGE + "the voters of the grid are being changed");
        }
    }

    private static PluginValidationException refusal(ClusterNode node, String what) {
        return new PluginValidationException(REFUSAL + what, REFUSAL + what, node.id());
    }

    @Override
    public <T> @Nullable T createComponent(PluginContext context, Class<T> component) {
        return component == IgniteWriteAheadLogManager.class
                ? component.cast(new CommitLog(((IgniteEx) context.grid()).context()))
                : null;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public @Nullable CachePluginProvider createCacheProvider(CachePluginContext context) {
        return null;
    }

    @Override
    public void start(PluginContext context) {}

    @Override
    public void stop(boolean cancel) {}

    @Override
    public void onIgniteStart() {}

    @Override
    public void onIgniteStop(boolean cancel) {}

    @Override
    public @Nullable Serializable provideDiscoveryData(UUID nodeId) {
        return null;
    }

    @Override
    public void receiveDiscoveryData(UUID nodeId, Serializable data) {}
}
