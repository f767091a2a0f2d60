package io.swarmgrid.storage.membership;

import io.swarmgrid.config.Durability;
import io.swarmgrid.config.HostPort;
import io.swarmgrid.config.MetadataConfig;
import io.swarmgrid.config.SwarmConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.ignite.DataRegionMetrics;
import org.apache.ignite.Ignite;
import org.apache.ignite.cache.CacheMode;
import org.apache.ignite.calcite.CalciteQueryEngineConfiguration;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.configuration.SqlConfiguration;
import org.apache.ignite.configuration.SystemDataRegionConfiguration;
import org.apache.ignite.configuration.TransactionConfiguration;
import org.apache.ignite.configuration.WALMode;
import org.apache.ignite.events.EventType;
import org.apache.ignite.logger.slf4j.Slf4jLogger;
import org.apache.ignite.plugin.segmentation.SegmentationPolicy;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;
import org.apache.ignite.spi.metric.noop.NoopMetricExporterSpi;
import org.jspecify.annotations.Nullable;

/*
 * What is set and why. Work and archive of the write-ahead log are one directory: Ignite then writes each segment once
 * and copies none. Pools are small, since the bulk of the bytes never comes here and a node shares its cores with
 * training. Every door of Ignite that SwarmGrid does not use (REST, thin clients, peer class loading) is shut.
 */
/** The configuration of this node's Ignite, built from the node's own. */
final class EngineConfiguration {
    private static final long NETWORK_TIMEOUT_MS = 3000;
    private static final long TRANSACTION_TIMEOUT_MS = 5000;
    private static final long MIB = 1 << 20;
    private static final int LOG_SEGMENTS = 16;
    private static final String REGION = "metadata";
    /** Where the write-ahead log lies, in {@link DataDirectory#metadata()}. */
    static final String LOG = "wal";

    private static final int POOL_THREADS = 8;

    /** What has to be known of the others' events. */
    static final int[] EVENTS = {
        EventType.EVT_NODE_JOINED,
        EventType.EVT_NODE_LEFT,
        EventType.EVT_NODE_FAILED,
        EventType.EVT_NODE_SEGMENTED,
        EventType.EVT_NODE_VALIDATION_FAILED,
        EventType.EVT_BASELINE_CHANGED,
        EventType.EVT_CLUSTER_STATE_CHANGED,
        EventType.EVT_CLUSTER_ACTIVATED
    };

    private final SwarmConfig config;
    private final DataDirectory directory;
    private final Map<String, Object> attributes = new HashMap<>();

    EngineConfiguration(SwarmConfig config, DataDirectory directory) {
        this.config = config;
        this.directory = directory;
        attribute(Attributes.GRID_NAME, config.grid().name());
        attribute(Attributes.ZONE, config.node().zone());
        attribute(Attributes.WITNESS, config.node().witness());
        attribute(Attributes.PID, ProcessHandle.current().pid());
        attribute(Attributes.LACKS_METADATA, directory.lacksMetadata());
        directory.gridId().ifPresent(id -> attribute(Attributes.GRID_ID, id));
    }

    EngineConfiguration attribute(String name, Object value) {
        attributes.put(name, value);
        return this;
    }

    IgniteConfiguration build(Seeds seeds, EngineDoors doors, List<CacheConfiguration<?, ?>> caches) {
        attribute(Attributes.FOUNDER, seeds.founder());
        IgniteConfiguration ignite = new IgniteConfiguration()
                .setIgniteInstanceName(config.nodeName() + "@" + doors.grid().port())
                .setConsistentId(config.nodeName())
                // BaselineKeeper's: Ignite would activate a whole baseline whatever its nodes lack.
                .setClusterStateOnStart(ClusterState.INACTIVE)
                .setUserAttributes(attributes)
                .setWorkDirectory(directory.metadata().toString())
                .setSnapshotPath(config.backupDirectory().toString())
                .setGridLogger(new Slf4jLogger())
                .setDiscoverySpi(discovery(seeds, doors))
                .setCommunicationSpi(communication(doors))
                .setDataStorageConfiguration(storage(config.metadata()))
                .setTransactionConfiguration(new TransactionConfiguration()
                        .setDefaultTxTimeout(TRANSACTION_TIMEOUT_MS)
                        .setTxTimeoutOnPartitionMapExchange(TRANSACTION_TIMEOUT_MS))
                .setSqlConfiguration(new SqlConfiguration()
                        .setQueryEnginesConfiguration(new CalciteQueryEngineConfiguration().setDefault(true)))
                .setCacheConfiguration(caches.toArray(CacheConfiguration[]::new))
                .setIncludeEventTypes(IntStream.concat(IntStream.of(EVENTS), IntStream.of(TakenIn.EVENT))
                        .toArray())
                .setFailureDetectionTimeout(config.grid().failureTimeout().toMillis())
                .setSegmentationPolicy(SegmentationPolicy.STOP)
                .setPeerClassLoadingEnabled(false)
                .setConnectorConfiguration(null)
                .setClientConnectorConfiguration(null)
                .setMetricExporterSpi(new NoopMetricExporterSpi())
                .setMetricsLogFrequency(0);
        if (!doors.grid().isWildcard()) {
            ignite.setLocalHost(doors.grid().host());
        }
        config.security().tls().ifPresent(files -> {
            javax.net.ssl.SSLContext context = PemSslContext.load(files);
            ignite.setSslContextFactory(() -> context);
        });
        smallPools(ignite);
        return ignite;
    }

    private static void smallPools(IgniteConfiguration ignite) {
        ignite.setStripedPoolSize(Math.max(4, Runtime.getRuntime().availableProcessors()))
                .setPublicThreadPoolSize(POOL_THREADS)
                .setSystemThreadPoolSize(POOL_THREADS)
                .setQueryThreadPoolSize(POOL_THREADS)
                .setManagementThreadPoolSize(2)
                .setDataStreamerThreadPoolSize(1)
                .setPeerClassLoadingThreadPoolSize(1)
                .setAsyncCallbackPoolSize(2)
                .setRebalanceThreadPoolSize(1)
                .setBuildIndexThreadPoolSize(1)
                .setSnapshotThreadPoolSize(1);
    }

    private TcpDiscoverySpi discovery(Seeds seeds, EngineDoors doors) {
        TcpDiscoverySpi discovery = new TcpDiscoverySpi();
        discovery.setLocalPort(doors.grid().port());
        discovery.setLocalPortRange(0);
        discovery.setIpFinder(new TcpDiscoveryVmIpFinder().setAddresses(seeds.addresses()));
        discovery.setNetworkTimeout(NETWORK_TIMEOUT_MS);
        discovery.setJoinTimeout(config.grid().joinTimeout().toMillis());
        if (!doors.grid().isWildcard()) {
            discovery.setLocalAddress(doors.grid().host());
        }
        return discovery;
    }

    private static TcpCommunicationSpi communication(EngineDoors doors) {
        TcpCommunicationSpi communication = new TcpCommunicationSpi();
        communication.setLocalPort(doors.transport().port());
        communication.setLocalPortRange(doors.transportRange());
        if (!doors.transport().isWildcard()) {
            communication.setLocalAddress(doors.transport().host());
        }
        return communication;
    }

    private DataStorageConfiguration storage(MetadataConfig metadata) {
        long regionBytes = metadata.regionSize().bytes();
        String log = directory.metadata().resolve(LOG).toString();
        return new DataStorageConfiguration()
                .setStoragePath(
                        directory.metadata().resolve(DataDirectory.STORE).toString())
                .setWalPath(log)
                .setWalArchivePath(log)
                .setWalMode(metadata.durability() == Durability.POWER ? WALMode.FSYNC : WALMode.LOG_ONLY)
                .setWalSegmentSize(Math.toIntExact(metadata.walSegmentSize().bytes()))
                .setMaxWalArchiveSize(LOG_SEGMENTS * metadata.walSegmentSize().bytes())
                .setCheckpointThreads(2)
                .setSystemDataRegionConfiguration(new SystemDataRegionConfiguration()
                        .setInitialSize(16 * MIB)
                        .setMaxSize(64 * MIB))
                .setDefaultDataRegionConfiguration(new DataRegionConfiguration()
                        .setName(REGION)
                        .setPersistenceEnabled(true)
                        .setInitialSize(Math.min(regionBytes, 32 * MIB))
                        .setMaxSize(regionBytes)
                        .setCheckpointPageBufferSize(Math.max(16 * MIB, regionBytes / 4)));
    }

    /** What the write-ahead log may take: as many segments as stay, and the one that is being written. */
    static long logBytes(MetadataConfig metadata) {
        return (LOG_SEGMENTS + 1) * metadata.walSegmentSize().bytes();
    }

    /** What the pages of the metadata take, or will once they are on the disk. */
    @SuppressWarnings("deprecation") // what takes its place is found by a name that is made of texts, and says no less
    static long allocatedBytes(@Nullable Ignite ignite) {
        DataRegionMetrics region = ignite == null ? null : ignite.dataRegionMetrics(REGION);
        return region == null ? 0 : region.getTotalAllocatedSize();
    }

    /**
     * Where the engine listens.
     *
     * @param transportRange how many ports above that of {@code transport} will do as well
     */
    record EngineDoors(HostPort grid, HostPort transport, int transportRange) {}

    /** Copies besides the first that the least copied cache has. */
    static int fewestBackups(List<CacheConfiguration<?, ?>> caches) {
        return caches.stream()
                .filter(cache -> cache.getCacheMode() != CacheMode.REPLICATED)
                .mapToInt(CacheConfiguration::getBackups)
                .min()
                .orElse(Integer.MAX_VALUE);
    }
}
