package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.config.SwarmConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.ignite.Ignite;
import org.apache.ignite.Ignition;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.configuration.WALMode;
import org.apache.ignite.logger.slf4j.Slf4jLogger;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;

/** Persistent Ignite nodes in this JVM, one namespace on each. */
final class TestGrid implements AutoCloseable {
    private final Path directory;
    private final SwarmConfig config;
    private final Clock clock;
    private final TcpDiscoveryVmIpFinder addresses = new TcpDiscoveryVmIpFinder(true);
    private final List<Member> members = new ArrayList<>();

    /** A node and what runs on it. */
    record Member(String name, Ignite ignite, TestNodes nodes, IgniteNamespace namespace) {}

    private TestGrid(Path directory, Map<String, String> settings, Clock clock) {
        this.directory = directory;
        this.config =
                SwarmConfig.defaults().with(Map.of("metadata.partitions", "16")).with(settings);
        this.clock = clock;
    }

    /** Starts nodes of these names, activates the grid and formats the namespace. */
    static TestGrid start(Path directory, Clock clock, Map<String, String> settings, String... names) {
        TestGrid grid = new TestGrid(directory, settings, clock);
        try {
            for (String name : names) {
                grid.add(name, List.of(names));
            }
            grid.first().ignite.cluster().state(ClusterState.ACTIVE);
            grid.first().namespace.format();
        } catch (RuntimeException e) {
            grid.close();
            throw e;
        }
        return grid;
    }

    private void add(String name, Collection<String> all) {
        Ignite ignite = Ignition.start(configuration(name));
        TestNodes nodes = new TestNodes(name, List.copyOf(all));
        members.add(new Member(name, ignite, nodes, namespace(ignite, nodes)));
    }

    private IgniteNamespace namespace(Ignite ignite, TestNodes nodes) {
        return new IgniteNamespace(ignite, config, nodes, nodes, clock, () -> clock.millis() * 1_000_000);
    }

    private IgniteConfiguration configuration(String name) {
        return new IgniteConfiguration()
                .setIgniteInstanceName(directory.getFileName() + "-" + name)
                .setConsistentId(name)
                .setWorkDirectory(directory.resolve(name).toString())
                .setSnapshotPath(backups(name).toString())
                .setLocalHost("127.0.0.1")
                .setUserAttributes(Map.of(NamespaceCaches.ZONE_ATTRIBUTE, "zone-" + name))
                .setGridLogger(new Slf4jLogger())
                .setConnectorConfiguration(null)
                .setClientConnectorConfiguration(null)
                .setPublicThreadPoolSize(4)
                .setSystemThreadPoolSize(4)
                .setStripedPoolSize(4)
                .setDiscoverySpi(new TcpDiscoverySpi().setIpFinder(addresses))
                .setCacheConfiguration(caches())
                .setDataStorageConfiguration(new DataStorageConfiguration()
                        .setWalMode(WALMode.LOG_ONLY)
                        .setWalSegmentSize(4 << 20)
                        .setDefaultDataRegionConfiguration(new DataRegionConfiguration()
                                .setPersistenceEnabled(true)
                                .setInitialSize(64 << 20)
                                .setMaxSize(64 << 20)));
    }

    /** Those of the product; tests may listen to all of them. */
    private CacheConfiguration<?, ?>[] caches() {
        CacheConfiguration<?, ?>[] caches = NamespaceCaches.configurations(config.metadata());
        for (CacheConfiguration<?, ?> cache : caches) {
            cache.setEventsDisabled(false);
        }
        return caches;
    }

    /** Where a node writes backups that were given no directory. */
    Path backups(String name) {
        return directory.resolve(name).resolve("backups");
    }

    Member first() {
        return members.get(0);
    }

    /** Another namespace on the first node, whose leases nobody renews. */
    IgniteNamespace silent() {
        return namespace(first().ignite, first().nodes);
    }

    Member member(int index) {
        return members.get(index);
    }

    /** Stops one node as if it had crashed, as far as the others can tell. */
    void stop(int index) {
        Ignition.stop(members.get(index).ignite.name(), true);
    }

    @Override
    public void close() {
        for (Member member : members) {
            Ignition.stop(member.ignite.name(), true);
        }
    }
}
