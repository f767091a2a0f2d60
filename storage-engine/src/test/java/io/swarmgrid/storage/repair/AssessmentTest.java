package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssessmentTest {
    @TempDir
    private Path directory;

    private FakeGrid grid;
    private FakeGrid.Node own;

    @BeforeEach
    void makeGrid() {
        grid = new FakeGrid(directory);
        own = grid.add("a1", "a");
        grid.add("b1", "b");
        grid.add("b2", "b");
    }

    @Test
    void findsNothingWrongWithEnoughCopies() {
        assertThat(assess(2, "a1", "b1").isFine()).isTrue();
    }

    @Test
    void countsACopyThatIsWaitedForAsMissingButCopiesNothing() {
        grid.down("b1", true);
        Assessment found = assess(2, "a1", "b1");
        assertThat(found.lacking()).isEqualTo(1);
        assertThat(found.fetchers()).isEmpty();
        assertThat(found.leavers()).isEmpty();
    }

    @Test
    void hasACopyMadeWhenAHolderIsGoneInAZoneOfItsOwn() {
        grid.add("a2", "a");
        grid.down("b1", false);
        for (long id = 1; id < 50; id++) {
            Assessment found = assess(id, 2, "a1", "b1");
            assertThat(found.lacking()).isEqualTo(1);
            assertThat(found.fetchers()).as("block %s", id).containsExactly("b2");
            assertThat(found.leavers()).isEmpty();
        }
    }

    @Test
    void keepsTheRecordOfAGoneCopyUntilThereAreEnoughLiveOnes() {
        grid.down("b1", false);
        assertThat(assess(2, "a1", "b1").leavers()).isEmpty();
        assertThat(assess(2, "a1", "b2", "b1").leavers()).containsExactly("b1");
    }

    @Test
    void canDoNothingWithoutALiveCopy() {
        grid.down("b1", false);
        Assessment found = assess(2, "b1");
        assertThat(found.unavailable()).isTrue();
        assertThat(found.lacking()).isEqualTo(2);
        assertThat(found.fetchers()).isEmpty();
        assertThat(found.leavers()).isEmpty();
    }

    @Test
    void countsWhatThereAreTooFewNodesForAndStaysIdle() {
        Assessment found = assess(5, "a1", "b1", "b2");
        assertThat(found.lacking()).isEqualTo(2);
        assertThat(found.fetchers()).isEmpty();
        assertThat(found.lackingBytes(0)).isZero();
    }

    @Test
    void givesUpTheCopyThatSharesItsZone() {
        for (long id = 1; id < 50; id++) {
            Assessment found = assess(id, 2, "b1", "a1", "b2");
            assertThat(found.surplus()).isEqualTo(1);
            assertThat(found.leavers()).as("block %s", id).hasSize(1).isSubsetOf("b1", "b2");
        }
    }

    @Test
    void spreadsCopiesThatStandTooCloseTogether() {
        Assessment found = assess(2, "b1", "b2");
        assertThat(found.lacking()).isZero();
        assertThat(found.fetchers()).containsExactly("a1");
        assertThat(assess(2, "b1", "a1", "b2").fetchers()).isEmpty();
    }

    @Test
    void replacesWhatADrainingNodeHoldsBeforeItIsGivenUp() {
        own.draining = true;
        Assessment before = assess(2, "a1", "b1");
        assertThat(before.lacking()).isZero();
        assertThat(before.fetchers()).containsExactly("b2");
        assertThat(before.leavers()).isEmpty();
        assertThat(assess(2, "a1", "b1", "b2").leavers()).containsExactly("a1");
    }

    @Test
    void countsNeitherCachedCopiesNorThoseOfAnOlderEpoch() {
        List<Replica> holders = List.of(new Replica("a1", 1), Replica.near("b1", 1, Medium.MEM), new Replica("b2", 0));
        Assessment found = new Assessor(own, own.seams().placement()).assess(FakeGrid.record(1, 1, holders));
        assertThat(found.live()).isEqualTo(1);
        assertThat(found.leavers()).containsExactly("b2");
    }

    @Test
    void hasALostCopyMadeWhereThereIsANearOne() {
        grid.down("b2", false);
        List<Replica> holders = List.of(new Replica("a1", 1), Replica.near("b1", 1, Medium.MEM));
        Assessment found = new Assessor(own, own.seams().placement()).assess(FakeGrid.record(1, 2, holders));
        assertThat(found.lacking()).isEqualTo(1);
        assertThat(found.fetchers()).containsExactly("b1");
    }

    private Assessment assess(int replication, String... holders) {
        return assess(7, replication, holders);
    }

    private Assessment assess(long id, int replication, String... holders) {
        BlockRecord block = grid.block(id, replication, holders);
        return new Assessor(own, own.seams().placement()).assess(block);
    }
}
