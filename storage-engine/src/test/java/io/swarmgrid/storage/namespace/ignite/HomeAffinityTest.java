package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.ignite.cache.CacheMetrics;
import org.apache.ignite.cluster.ClusterMetrics;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.internal.ClusterMetricsSnapshot;
import org.apache.ignite.lang.IgniteProductVersion;
import org.apache.ignite.spi.discovery.DiscoveryMetricsProvider;
import org.apache.ignite.spi.discovery.tcp.internal.TcpDiscoveryNode;
import org.junit.jupiter.api.Test;

final class HomeAffinityTest {
    private static final int PARTITIONS = 64;

    private final HomeAffinity affinity = new HomeAffinity(PARTITIONS);

    private static final class NoMetrics implements DiscoveryMetricsProvider {
        @Override
        public ClusterMetrics metrics() {
            return new ClusterMetricsSnapshot();
        }

        @Override
        public Map<Integer, CacheMetrics> cacheMetrics() {
            return Map.of();
        }
    }

    /** Nodes in these zones; an empty zone is an attribute that is not set. */
    private static List<ClusterNode> nodes(String... zones) {
        List<ClusterNode> nodes = new ArrayList<>();
        for (String zone : zones) {
            int index = nodes.size();
            TcpDiscoveryNode node = new TcpDiscoveryNode(
                    new UUID(1, index),
                    List.of("127.0.0.1"),
                    List.of("localhost"),
                    47500 + index,
                    new NoMetrics(),
                    new IgniteProductVersion(),
                    "n" + index);
            node.setAttributes(zone.isEmpty() ? Map.of() : Map.of(NamespaceCaches.ZONE_ATTRIBUTE, zone));
            nodes.add(node);
        }
        return nodes;
    }

    private long distinctZones(List<ClusterNode> copies) {
        return copies.stream()
                .map(node -> node.<Object>attribute(NamespaceCaches.ZONE_ATTRIBUTE))
                .distinct()
                .count();
    }

    @Test
    void putsCopiesIntoDistinctZonesFirstAndThenFills() {
        List<ClusterNode> nodes = nodes("a", "a", "a", "b", "c");
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(distinctZones(affinity.assignPartition(partition, nodes, 1, null)))
                    .isEqualTo(2);
            assertThat(distinctZones(affinity.assignPartition(partition, nodes, 2, null)))
                    .isEqualTo(3);
            List<ClusterNode> four = affinity.assignPartition(partition, nodes, 3, null);
            assertThat(four).hasSize(4).doesNotHaveDuplicates();
            assertThat(distinctZones(four)).isEqualTo(3);
        }
    }

    @Test
    void keepsAllCopiesWhereZonesAreFewOrUnset() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(affinity.assignPartition(partition, nodes("", "", ""), 2, null))
                    .hasSize(3);
            assertThat(affinity.assignPartition(partition, nodes("a", "a", "a"), 1, null))
                    .hasSize(2);
            assertThat(affinity.assignPartition(partition, nodes("a"), 2, null)).hasSize(1);
        }
    }

    @Test
    void takesThePartitionFromTheId() {
        Ids ids = new Ids(new Random(1));
        for (int i = 0; i < 1000; i++) {
            long directory = ids.directory();
            long file = ids.fileIn(directory);

            assertThat(directory).isPositive();
            assertThat(file).isPositive().isNotEqualTo(directory);
            assertThat(affinity.partition(file))
                    .isEqualTo(affinity.partition(directory))
                    .isBetween(0, PARTITIONS - 1);
        }
        assertThat(affinity.partition(Ids.ROOT)).isEqualTo(affinity.partition(Ids.STAGING));
    }
}
