package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.MetadataCheckResult.PartitionCopy;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.CacheGroupContext;
import org.apache.ignite.internal.processors.cache.GridCacheContext;
import org.apache.ignite.internal.processors.cache.distributed.dht.topology.GridDhtLocalPartition;
import org.apache.ignite.internal.processors.cache.persistence.CacheDataRow;
import org.apache.ignite.internal.util.lang.GridIterator;
import org.apache.ignite.internal.util.typedef.internal.CU;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows are taken out of the store of one node, as a fault of the engine would, without a word to anybody. */
class MetadataCheckTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final int FILES = 40;

    @TempDir
    private Path directory;

    @AutoClose
    private MetadataCheck check;

    private TestGrid grid;

    @BeforeEach
    void start() {
        grid = TestGrid.start(directory, new TestClock(), Map.of("metadata.backups", "2"), "n1", "n2", "n3");
        for (int node = 1; node < 3; node++) {
            grid.member(node).namespace().check().close(); // what it offers stays
        }
        check = grid.first().namespace().check();
        for (int i = 0; i < FILES; i++) {
            put("/d" + i % 4 + "/f" + i);
        }
    }

    @AfterEach
    void stop() {
        grid.close();
    }

    @Test
    void findsAndRepairsWhatANodeHasLost() throws Exception {
        MetadataCheckResult well = check(false);
        assertThat(well.compared()).isEqualTo(16).isEqualTo(well.partitions());
        assertThat(well.differing()).isEmpty();
        assertThat(well.rows()).isGreaterThan(3L * FILES);

        Loss loss = loseRows(grid.member(1).ignite());

        MetadataCheckResult found = check(false);
        assertThat(found.compared()).isEqualTo(16);
        DifferingPartition differing = found.differing().get(0);
        assertThat(found.differing()).hasSize(1);
        assertThat(differing.partition()).isEqualTo(loss.partition());
        List<PartitionCopy> copies = differing.copies();
        assertThat(copies).extracting(PartitionCopy::node).containsExactly("n1", "n2", "n3");
        assertThat(copies)
                .extracting(PartitionCopy::updates)
                .containsOnly(copies.get(0).updates());
        assertThat(copies.get(1).rows()).isEqualTo(copies.get(0).rows() - loss.rows());
        assertThat(copies.get(2))
                .isEqualTo(new PartitionCopy(
                        "n3",
                        copies.get(0).updates(),
                        copies.get(0).rows(),
                        copies.get(0).digest()));
        assertThat(check.differing()).isEqualTo(1);

        MetadataCheckResult repaired = check(true);
        assertThat(repaired.differing()).isEmpty();
        assertThat(repaired.repaired()).isEqualTo(1);
        assertThat(check(false).differing()).isEmpty();
        assertThat(check.differing()).isZero();
        grid.stop(0); // n2 and n3 answer for all
        for (int i = 0; i < FILES; i++) {
            assertThat(grid.member(1)
                            .namespace()
                            .files()
                            .stat(path("/d" + i % 4 + "/f" + i))
                            .sizeBytes())
                    .isEqualTo(1);
        }
    }

    @Test
    void takesNothingForALossThatIsBeingChanged() throws Exception {
        AtomicBoolean ends = new AtomicBoolean();
        List<Throwable> thrown = new ArrayList<>();
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; !ends.get(); i++) {
                    put("/busy/" + i % 3 + "/f" + i);
                }
            } catch (RuntimeException e) {
                thrown.add(e);
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 5; i++) {
                assertThat(check(false).differing()).isEmpty();
            }
        } finally {
            ends.set(true);
            writer.join();
        }
        assertThat(thrown).isEmpty();
        assertThat(check(false).compared()).isEqualTo(16);
    }

    private MetadataCheckResult check(boolean repair) {
        MetadataCheckResult result = check.check(new MetadataCheckRequest(repair, null));
        while (result.state().equals(RecoverResult.RUNNING)) {
            result = check.check(new MetadataCheckRequest(null, result.run()));
        }
        assertThat(result.state()).as(result.phase()).isEqualTo(RecoverResult.DONE);
        return result;
    }

    private void put(String path) {
        grid.first().namespace().fileMetadata().putInline(path(path), OPTIONS, new byte[] {1});
    }

    private static GridPath path(String text) {
        return GridPath.parse(text);
    }

    private record Loss(int partition, int rows) {}

    /** Every other row of the fullest partition. */
    private static Loss loseRows(Ignite ignite) throws IgniteCheckedException {
        IgniteEx engine = (IgniteEx) ignite;
        CacheGroupContext group = engine.context().cache().cacheGroup(CU.cacheId(NamespaceCaches.GROUP));
        GridDhtLocalPartition copy = group.topology().localPartitions().stream()
                .max(Comparator.comparing(GridDhtLocalPartition::fullSize))
                .orElseThrow();
        List<CacheDataRow> rows = new ArrayList<>();
        GridIterator<CacheDataRow> all = group.offheap().partitionIterator(copy.id());
        while (all.hasNext()) {
            CacheDataRow row = all.next();
            if (row.expireTime() == 0) {
                rows.add(row);
            }
        }
        int lost = 0;
        for (int i = 0; i < rows.size(); i += 2) {
            GridCacheContext<?, ?> cache =
                    group.shared().cacheContext(rows.get(i).cacheId());
            group.shared().database().checkpointReadLock();
            try {
                cache.offheap().remove(cache, rows.get(i).key(), copy.id(), copy);
                lost++;
            } finally {
                group.shared().database().checkpointReadUnlock();
            }
        }
        assertThat(lost).isGreaterThan(1);
        return new Loss(copy.id(), lost);
    }
}
