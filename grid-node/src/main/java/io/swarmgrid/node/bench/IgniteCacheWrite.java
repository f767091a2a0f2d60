package io.swarmgrid.node.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.Ignition;
import org.apache.ignite.cache.CacheAtomicityMode;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.configuration.WALMode;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;

/**
 * The peer of the write benchmark: the same bytes as 1 MiB values into an Ignite cache with native persistence, in its
 * favour: an ATOMIC cache, the largest pages, write-ahead log in mode LOG_ONLY, which no power cut is promised to be
 * survived by. Prints the nanoseconds between the first put and the last.
 */
public final class IgniteCacheWrite {
    private static final int VALUE_BYTES = 1 << 20;
    private static final int PAGE_BYTES = 16 << 10;
    private static final int WARM_UP_VALUES = 16;

    private IgniteCacheWrite() {}

    /** Arguments: directory, bytes, discovery port. */
    public static void main(String[] args) {
        Path directory = Path.of(args[0]);
        long values = Long.parseLong(args[1]) / VALUE_BYTES;
        byte[] value = new byte[VALUE_BYTES];
        new SplittableRandom(7).nextBytes(value);
        try (Ignite ignite = Ignition.start(configuration(directory, Integer.parseInt(args[2])))) {
            ignite.cluster().state(ClusterState.ACTIVE);
            IgniteCache<Long, byte[]> cache = ignite.getOrCreateCache(
                    new CacheConfiguration<Long, byte[]>("bytes").setAtomicityMode(CacheAtomicityMode.ATOMIC));
            for (long key = 0; key < WARM_UP_VALUES; key++) {
                cache.put(-1 - key, value);
            }
            long start = System.nanoTime();
            for (long key = 0; key < values; key++) {
                cache.put(key, value);
            }
            System.out.println("nanos=" + (System.nanoTime() - start));
        }
    }

    private static IgniteConfiguration configuration(Path directory, int port) {
        DataRegionConfiguration region = new DataRegionConfiguration()
                .setName("default")
                .setPersistenceEnabled(true)
                .setMaxSize(2L << 30);
        DataStorageConfiguration storage = new DataStorageConfiguration()
                .setPageSize(PAGE_BYTES)
                .setWalMode(WALMode.LOG_ONLY)
                .setDefaultDataRegionConfiguration(region);
        TcpDiscoverySpi discovery = new TcpDiscoverySpi()
                .setLocalAddress("127.0.0.1")
                .setLocalPort(port)
                .setIpFinder(new TcpDiscoveryVmIpFinder().setAddresses(List.of("127.0.0.1:" + port)));
        return new IgniteConfiguration()
                .setIgniteInstanceName("peer")
                .setConsistentId("peer")
                .setLocalHost("127.0.0.1")
                .setWorkDirectory(directory.toAbsolutePath().toString())
                .setDiscoverySpi(discovery)
                .setGridLogger(new org.apache.ignite.logger.slf4j.Slf4jLogger())
                .setMetricsLogFrequency(0)
                .setDataStorageConfiguration(storage);
    }
}
