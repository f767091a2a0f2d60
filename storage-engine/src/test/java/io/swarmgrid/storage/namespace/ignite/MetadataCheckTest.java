package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.MetadataCheckResult.PartitionCopy;
import io.swarmgrid.client.wire.MetadataCheckResult.RowCopy;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows are taken out of the store of one node, as a fault of the engine would, without a word to anybody. */
class MetadataCheckTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final int FILES = 40;
    private static final int PAGE_ROWS = 3;

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

        int partition = StoredCopy.fullest(grid.first());
        int lost = copy(1, partition).lose(i -> i % 2 == 0);
        assertThat(lost).isGreaterThan(1);

        MetadataCheckResult found = check(false);
        assertThat(found.compared()).isEqualTo(16);
        DifferingPartition differing = found.differing().get(0);
        assertThat(found.differing()).hasSize(1);
        assertThat(differing.partition()).isEqualTo(partition);
        List<PartitionCopy> copies = differing.copies();
        assertThat(copies).extracting(PartitionCopy::node).containsExactly("n1", "n2", "n3");
        assertThat(copies)
                .extracting(PartitionCopy::updates)
                .containsOnly(copies.get(0).updates());
        assertThat(copies.get(1).rows()).isEqualTo(copies.get(0).rows() - lost);
        assertThat(copies.get(2))
                .isEqualTo(new PartitionCopy(
                        "n3",
                        copies.get(0).updates(),
                        copies.get(0).rows(),
                        copies.get(0).digest()));
        assertThat(check.differing()).isEqualTo(1);
        assertThat(found.leftRows()).isEqualTo(lost);
        assertThat(found.left()).hasSize(Math.min(lost, 20)).allSatisfy(row -> assertThat(row.copies())
                .extracting(copy -> copy.digest() == null)
                .containsExactly(false, true, false));

        MetadataCheckResult repaired = check(true);
        assertThat(repaired.differing()).isEmpty();
        assertThat(repaired.repaired()).isEqualTo(1);
        assertThat(repaired.leftRows()).isZero();
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
    void leavesAloneWhatOneOfThreeHas() throws Exception {
        int partition = StoredCopy.fullest(grid.first());
        int all = copy(1, partition).count();
        copy(0, partition).lose(i -> i % 3 != 2); // the answering node for many of them
        int alone = copy(2, partition).lose(i -> i % 3 == 0);
        assertThat(alone).isGreaterThan(3);

        for (int i = 0; i < 2; i++) {
            MetadataCheckResult found = check(true);

            assertThat(copy(1, partition).count()).isEqualTo(all);
            assertThat(found.leftRows()).isEqualTo(alone);
            assertThat(found.left()).hasSize(Math.min(alone, 20)).allSatisfy(row -> {
                assertThat(row.partition()).isEqualTo(partition);
                assertThat(row.cache()).isIn(NamespaceCaches.DENTRIES, NamespaceCaches.INODES, NamespaceCaches.INLINE);
                assertThat(row.key()).isNotEmpty();
                assertThat(row.copies()).extracting(RowCopy::node).containsExactly("n1", "n2", "n3");
                assertThat(row.copies().get(0).digest()).isNull();
                assertThat(row.copies().get(1).digest()).isNotNull();
                assertThat(row.copies().get(2).digest()).isNull();
            });
            assertThat(found.repaired()).isZero();
            assertThat(found.differing()).hasSize(1);
            assertThat(found.differing().get(0).copies())
                    .extracting(PartitionCopy::rows)
                    .containsExactly((long) all - alone, (long) all, (long) all - alone);
        }
    }

    @Test
    void givesEachCopyTheValueThatMostHave() throws Exception {
        int partition = StoredCopy.fullest(grid.first());
        copy(1, partition).change(NamespaceCaches.INLINE, 0, new byte[] {2});
        copy(0, partition).change(NamespaceCaches.INLINE, 1, new byte[] {2});
        copy(1, partition).change(NamespaceCaches.INLINE, 1, new byte[] {3});

        MetadataCheckResult found = check(true);

        assertThat(copy(1, partition).isLike(copy(2, partition), NamespaceCaches.INLINE, 0))
                .isTrue();
        assertThat(copy(0, partition).isLike(copy(1, partition), NamespaceCaches.INLINE, 1))
                .isFalse();
        assertThat(copy(0, partition).isLike(copy(2, partition), NamespaceCaches.INLINE, 1))
                .isFalse();
        assertThat(found.leftRows()).isEqualTo(1);
        assertThat(found.left().get(0).copies())
                .extracting(RowCopy::digest)
                .doesNotContainNull()
                .doesNotHaveDuplicates();
        assertThat(found.differing()).hasSize(1);
    }

    @Test
    void goesThroughAPartitionPageByPage() throws Exception {
        int partition = StoredCopy.fullest(grid.first());
        assertThat(copy(0, partition).count(NamespaceCaches.INLINE)).isGreaterThan(3 * PAGE_ROWS);
        assertThat(new PartitionCopies(grid.first().ignite())
                        .page(partition, NamespaceCaches.INLINE, null, null, PAGE_ROWS))
                .hasValueSatisfying(page -> {
                    assertThat(page.rows()).hasSize(PAGE_ROWS);
                    assertThat(page.more()).isTrue();
                });
        for (int node = 0; node < 3; node++) {
            int lacking = node;
            assertThat(copy(node, partition).lose(i -> i % 4 == lacking)).isGreaterThan(PAGE_ROWS);
        }

        try (MetadataCheck small = new MetadataCheck(grid.first().ignite(), 16, PAGE_ROWS)) {
            MetadataCheckResult repaired = CheckedMetadata.by(small, true);

            assertThat(repaired.repaired()).isEqualTo(1);
            assertThat(repaired.differing()).isEmpty();
            assertThat(repaired.leftRows()).isZero();
        }
        for (int i = 0; i < FILES; i++) {
            assertThat(grid.first()
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

    private StoredCopy copy(int node, int partition) {
        return StoredCopy.of(grid.member(node), partition);
    }

    private MetadataCheckResult check(boolean repair) {
        return CheckedMetadata.by(check, repair);
    }

    private void put(String path) {
        grid.first().namespace().fileMetadata().putInline(path(path), OPTIONS, new byte[] {1});
    }

    private static GridPath path(String text) {
        return GridPath.parse(text);
    }
}
