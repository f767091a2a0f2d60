package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.MetadataCheckResult.PartitionCopy;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three partitions, of which the first is looked at. */
class ComparisonTest {
    private static final int PARTITION = 0;

    private Comparison comparison = new Comparison(new BitSet());

    @BeforeEach
    void begin() {
        BitSet all = new BitSet();
        all.set(0, 3);
        comparison = new Comparison(all);
    }

    @Test
    void knowsAtOnceWhatIsAlike() {
        look(copy(7, 5, 0xa), copy(7, 5, 0xa), copy(7, 5, 0xa));
        assertOpen(1, 2);
        assertThat(comparison.differing()).isEmpty();
        assertThat(comparison.isAlike(PARTITION)).isTrue();
        assertThat(comparison.rows()).isEqualTo(5);
        look(copy(8, 6, 0xb), copy(7, 5, 0xa)); // not looked at any more
        look(copy(8, 6, 0xb), copy(7, 5, 0xa));
        assertThat(comparison.differing()).isEmpty();
        assertThat(comparison.rows()).isEqualTo(5);
    }

    @Test
    void knowsWhatIsNotThoughItHasSeenTheSame() {
        lookUntilConfirmed(copy(7, 5, 0xa), copy(7, 4, 0xb), copy(7, 5, 0xa));
        assertOpen(1, 2);
        assertThat(comparison.isAlike(PARTITION)).isFalse();
        assertThat(comparison.rows()).isZero();
        assertThat(comparison.differing())
                .containsExactly(new DifferingPartition(
                        PARTITION,
                        List.of(
                                new PartitionCopy("n1", 7, 5, "a"),
                                new PartitionCopy("n2", 7, 4, "b"),
                                new PartitionCopy("n3", 7, 5, "a"))));
    }

    @Test
    void takesAChangeThatIsMadeAndNotYetCountedForNoDifference() {
        for (int i = 0; i < 10; i++) {
            for (int looks = 0; looks < 3; looks++) {
                look(copy(7 + i, 5, 0xa), copy(7 + i, 5, 0xa), copy(7 + i, 4, 0xb));
            }
            look(copy(8 + i, 4, 0xb), copy(8 + i, 4, 0xb), PartitionDigest.changing(PARTITION));
            assertOpen(0, 1, 2);
        }
        lookBeforeConfirmed(copy(20, 5, 0xa), copy(20, 5, 0xa), copy(20, 4, 0xb));
        look(copy(21, 4, 0xb), copy(21, 4, 0xb), copy(20, 4, 0xb)); // others have counted it
        lookBeforeConfirmed(copy(21, 4, 0xb), copy(21, 4, 0xb), copy(21, 3, 0xc));
        assertOpen(0, 1, 2);
        assertThat(comparison.differing()).isEmpty();
        look(copy(21, 4, 0xb), copy(21, 4, 0xb), copy(21, 4, 0xb));
        assertThat(comparison.isAlike(PARTITION)).isTrue();
    }

    @Test
    void tellsWhatDiffersWhileItIsBeingChangedToo() {
        for (int i = 0; i < Comparison.CONFIRMED; i++) {
            assertOpen(0, 1, 2);
            look(copy(7 + i, 5 + i, i), copy(7 + i, 4 + i, i));
        }
        assertOpen(1, 2);
        assertThat(comparison.differing()).hasSize(1);
    }

    @Test
    void looksAgainAtWhatIsBeingChanged() {
        PartitionDigest changing = PartitionDigest.changing(PARTITION);
        for (int i = 0; i < 3; i++) {
            look(copy(7, 5, 0xa), changing, copy(7, 5, 0xa));
            assertOpen(0, 1, 2);
        }
        look(copy(9, 7, 0xc), copy(9, 7, 0xc), copy(9, 7, 0xc));
        assertOpen(1, 2);
        assertThat(comparison.differing()).isEmpty();
    }

    @Test
    void looksAgainWhereOneHasSeenMoreUntilNothingChanges() {
        look(copy(8, 6, 0xb), copy(7, 5, 0xa), copy(8, 6, 0xb));
        assertOpen(0, 1, 2);
        look(copy(9, 7, 0xc), copy(7, 5, 0xa), copy(9, 7, 0xc)); // something has changed
        assertOpen(0, 1, 2);
        assertThat(comparison.differing()).isEmpty();
        lookUntilConfirmed(copy(9, 7, 0xc), copy(7, 5, 0xa), copy(9, 7, 0xc));
        assertOpen(1, 2);
        assertThat(comparison.differing())
                .extracting(DifferingPartition::partition)
                .containsExactly(PARTITION);
    }

    @Test
    void takesWhatCatchesUpForAlike() {
        look(copy(8, 6, 0xb), copy(7, 5, 0xa));
        look(copy(8, 6, 0xb), copy(8, 6, 0xb));
        assertThat(comparison.isAlike(PARTITION)).isTrue();
        assertThat(comparison.differing()).isEmpty();
    }

    @Test
    void doesNotTakeACopyThatHasGoneForOneThatStaysBehind() {
        look(copy(8, 6, 0xb), copy(7, 5, 0xa));
        look(copy(8, 6, 0xb));
        assertThat(comparison.isAlike(PARTITION)).isTrue();
    }

    @Test
    void knowsNothingOfWhatIsOnNoNode() {
        look();
        look();
        assertOpen(0, 1, 2);
        assertThat(comparison.differing()).isEmpty();
    }

    @Test
    void looksAgainAtWhatDiffered() {
        lookUntilConfirmed(copy(7, 5, 0xa), copy(7, 4, 0xb));
        comparison.look(1, Map.of("n1", copy(1, 1, 1), "n2", copy(1, 1, 1)));
        assertOpen(2);

        comparison.reopenDiffering();

        assertOpen(0, 2);
        assertThat(comparison.differing()).isEmpty();
        look(copy(9, 5, 0xa), copy(8, 4, 0xb)); // what was seen before counts no more
        assertOpen(0, 2);
        look(copy(9, 5, 0xa), copy(9, 5, 0xa));
        assertOpen(2);
        assertThat(comparison.differing()).isEmpty();
        assertThat(comparison.rows()).isEqualTo(6);
    }

    @Test
    void forgetsHowItStoodBeforeItLooksAgain() {
        look(copy(8, 5, 0xa), copy(7, 4, 0xb));
        lookUntilConfirmed(copy(8, 5, 0xa), copy(7, 4, 0xb));
        assertThat(comparison.differing()).hasSize(1);

        comparison.reopenDiffering();

        look(copy(8, 5, 0xa), copy(7, 4, 0xb)); // it takes as many looks again to say that nothing changes
        lookBeforeConfirmed(copy(8, 5, 0xa), copy(7, 4, 0xb));
        assertOpen(0, 1, 2);
        look(copy(8, 5, 0xa), copy(7, 4, 0xb));
        assertThat(comparison.differing()).hasSize(1);
    }

    private void lookUntilConfirmed(PartitionDigest... copies) {
        lookBeforeConfirmed(copies);
        look(copies);
    }

    private void lookBeforeConfirmed(PartitionDigest... copies) {
        for (int i = 1; i < Comparison.CONFIRMED; i++) {
            look(copies);
        }
    }

    /** Of the first nodes, in their order. */
    private void look(PartitionDigest... copies) {
        Map<String, PartitionDigest> byNode = new TreeMap<>();
        for (PartitionDigest copy : copies) {
            byNode.put("n" + (byNode.size() + 1), copy);
        }
        comparison.look(PARTITION, byNode);
    }

    private static PartitionDigest copy(long updates, long rows, long sum) {
        return new PartitionDigest(PARTITION, updates, rows, sum);
    }

    private void assertOpen(int... partitions) {
        assertThat(comparison.open().stream().toArray()).containsExactly(partitions);
    }
}
