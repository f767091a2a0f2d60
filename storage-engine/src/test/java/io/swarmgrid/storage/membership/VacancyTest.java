package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.storage.membership.TestGrid.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.cache.CachePeekMode;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.GridCacheContext;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtLocalPartition;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtPartitionTopologyImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node still has of the metadata when it is to be counted. */
class VacancyTest {
    @TempDir
    private Path root;

    /** What it was given would be cleared together with what it has. */
    @Test
    void takesNobodyInWhoStillHasMetadataFromBefore() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.join-grace", "5s"))) {
            MetadataEngine first = grid.startAll().get(0).engine();
            Member late = grid.start(4);
            late.engine().awaitActive(TestGrid.PATIENCE);
            GridDhtLocalPartition held = partitionOf(late);
            assertThat(held.reserve()).as("not to be cleared for now").isTrue();

            grid.start(5);

            await().atMost(TestGrid.PATIENCE).until(() -> states(first).contains("n5=up"));
            assertThat(states(first)).contains("n4=joining");
            held.release();
            held.rent();
            await().atMost(TestGrid.PATIENCE).until(() -> states(first).contains("n4=up"));
        }
    }

    /** It draws one of the partitions that are here to look for what expires in it. */
    @Test
    void outlivesTheSearchForWhatExpiresWhereThereIsNoPartition() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.join-grace", "3s"))) {
            MetadataEngine first = grid.startAll().get(0).engine();
            Member late = grid.start(4);
            late.engine().awaitActive(TestGrid.PATIENCE);

            await().atMost(TestGrid.PATIENCE).until(() -> {
                context(late).ttl().hasPendingEntries(true); // as of one that had something when it was counted out
                return states(first).contains("n4=up");
            });

            IgniteCache<Integer, String> brief = first.ignite()
                    .<Integer, String>cache(TestGrid.CACHE)
                    .withExpiryPolicy(new CreatedExpiryPolicy(new Duration(TimeUnit.MILLISECONDS, 300)));
            for (int i = 0; i < 64; i++) {
                brief.put(i, "for a moment");
            }
            await().atMost(TestGrid.PATIENCE)
                    .until(() -> late.engine()
                                    .ignite()
                                    .cache(TestGrid.CACHE)
                                    .localSizeLong(CachePeekMode.PRIMARY, CachePeekMode.BACKUP)
                            == 0);
        }
    }

    private static GridCacheContext<?, ?> context(Member member) {
        IgniteEx ignite = (IgniteEx) member.engine().ignite();
        return ignite.context().cache().cache(TestGrid.CACHE).context();
    }

    private static GridDhtLocalPartition partitionOf(Member member) throws IgniteCheckedException {
        return ((GridDhtPartitionTopologyImpl) context(member).topology()).forceCreatePartition(0);
    }

    private static List<String> states(MetadataEngine engine) {
        return engine.status().stream()
                .map((NodeStatus node) -> node.name() + "=" + node.state())
                .toList();
    }
}
