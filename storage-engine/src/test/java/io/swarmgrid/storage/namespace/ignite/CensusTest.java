package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockCensus.Unnamed;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.ignite.IgniteCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneNode.class)
final class CensusTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    private static BlockRecord block(Grid grid, FileStatus file, int index) {
        return grid.metadata().layout(file.id()).blocks().get(index);
    }

    /** Takes back all there is; the blocks of these files. */
    private static List<BlockRecord> reclaim(Grid grid, Long... files) {
        List<BlockRecord> gone = new ArrayList<>();
        int taken;
        do {
            taken = grid.census().reclaim(Set.of("n1"), gone::add, (id, epoch) -> {});
        } while (taken > 0);
        gone.removeIf(block -> !Set.of(files).contains(block.fileId()));
        return gone;
    }

    @Test
    void walksTheBlocks(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10, 20, 30);
        OpenFile open = grid.metadata().begin(grid.path("g"), OPTIONS);
        BlockRecord unsealed = grid.metadata().allocate(open, 0, Set.of());

        List<BlockRecord> seen = new ArrayList<>();
        assertThat(grid.census().walk(seen::add)).isTrue();

        List<BlockRecord> sealed = grid.metadata().layout(file.id()).blocks();
        assertThat(seen).containsAll(sealed).contains(unsealed);
        Set<BlockId> wanted = Set.of(sealed.get(1).id(), unsealed.id(), new BlockId(1L << 60));
        List<BlockRecord> named = new ArrayList<>();
        assertThat(grid.census().named(wanted, named::add)).isTrue();
        assertThat(named).containsExactlyInAnyOrder(sealed.get(1), unsealed);
        grid.metadata().abandon(open);
    }

    @Test
    void walksTheRestWhereARecordCannotBeRead(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10, 20, 30);
        List<BlockRecord> sealed = grid.metadata().layout(file.id()).blocks();
        IgniteCache<BlockKey, byte[]> rows = grid.ignite().cache(NamespaceCaches.BLOCKS);
        BlockKey bad = new BlockKey(file.id(), new BlockId(1L << 61));
        rows.put(bad, new byte[] {1});
        try {
            List<BlockRecord> seen = new ArrayList<>();
            assertThat(grid.census().walk(seen::add)).as("all").isFalse();
            assertThat(seen).containsAll(sealed);
        } finally {
            rows.remove(bad);
        }
        assertThat(grid.census().walk(block -> {})).isTrue();
    }

    @Test
    void namesTheKeeperOfABlock(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10);
        assertThat(grid.census().keeper(file.id(), block(grid, file, 0).id())).contains("n1");
    }

    @Test
    void recordsAndGivesUpHolders(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10);
        BlockId id = block(grid, file, 0).id();

        assertThat(grid.census().addHolder(file.id(), id, new Replica("n2", 1))).isTrue();
        assertThat(grid.census().addHolder(file.id(), id, Replica.near("n3", 1, Medium.MEM)))
                .isTrue();
        assertThat(grid.census().addHolder(file.id(), id, new Replica("n4", 2))).isFalse();
        assertThat(grid.census().addHolder(file.id(), new BlockId(1L << 60), new Replica("n2", 1)))
                .isFalse();
        assertThat(block(grid, file, 0).holders())
                .containsExactly(new Replica("n1", 1), new Replica("n2", 1), Replica.near("n3", 1, Medium.MEM));

        Set<String> live = Set.of("n1", "n2", "n3");
        assertThat(grid.census().dropHolder(file.id(), id, "n1", live, 2)).isFalse();
        assertThat(grid.census().dropHolder(file.id(), id, "n1", Set.of("n2"), 1))
                .isTrue();
        assertThat(grid.census().dropHolder(file.id(), id, "n1", live, 2)).isTrue();
        grid.census().dropNear(file.id(), id, "n3");
        assertThat(grid.census().dropHolder(file.id(), id, "n2", live, 1)).isFalse();
        assertThat(block(grid, file, 0).holders()).containsExactly(new Replica("n2", 1));
    }

    @Test
    void tellsDurableAndNearCopiesOfANodeApart(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10);
        BlockId id = block(grid, file, 0).id();
        Set<String> live = Set.of("n1", "n2");
        assertThat(grid.census().addHolder(file.id(), id, Replica.near("n1", 1, Medium.MEM)))
                .isTrue();
        assertThat(grid.census().addHolder(file.id(), id, Replica.near("n2", 1, Medium.SSD)))
                .isTrue();
        Replica both = new Replica("n1", 1, true, Medium.MEM);
        assertThat(block(grid, file, 0).holders()).containsExactly(both, Replica.near("n2", 1, Medium.SSD));
        assertThat(block(grid, file, 0).currentHolders()).containsExactly("n1");

        assertThat(grid.census().dropHolder(file.id(), id, "n1", live, 1))
                .as("a near copy keeps nothing")
                .isFalse();
        Copy onTwo = new Copy(file.id(), id, 1);
        assertThat(grid.census().unnamed("n2", List.of(onTwo)))
                .as("a durable copy that is not recorded")
                .hasSize(1);

        assertThat(grid.census().addHolder(file.id(), id, new Replica("n2", 1))).isTrue();
        assertThat(grid.census().unnamed("n2", List.of(onTwo))).isEmpty();
        grid.census().dropNear(file.id(), id, "n2");
        assertThat(block(grid, file, 0).holders()).containsExactly(both, new Replica("n2", 1));
        assertThat(grid.census().dropHolder(file.id(), id, "n1", live, 1)).isTrue();
        assertThat(block(grid, file, 0).holders())
                .as("what was near may have been this very copy")
                .containsExactly(new Replica("n2", 1));
        assertThat(grid.census().addHolder(file.id(), id, Replica.near("n1", 1, Medium.MEM)))
                .isTrue();
        grid.metadata().reportBad(file.id(), id, "n1", 1);
        assertThat(block(grid, file, 0).holders()).containsExactly(new Replica("n2", 1));
        grid.census().dropNear(file.id(), id, "n1");
        grid.census().dropNear(file.id(), new BlockId(1L << 60), "n1");
    }

    @Test
    void saysWhichCopiesAreNotRecorded(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10, 20);
        BlockId first = block(grid, file, 0).id();
        Copy good = new Copy(file.id(), first, 1);
        Copy old = new Copy(file.id(), first, 0);
        Copy unknownBlock = new Copy(file.id(), new BlockId(1L << 60), 1);
        Copy unknownFile = new Copy(7L << 48, first, 1);
        List<Copy> all = List.of(good, old, unknownBlock, unknownFile);

        List<Unnamed> dead = Stream.of(old, unknownBlock, unknownFile)
                .map(copy -> new Unnamed(copy, Optional.empty()))
                .toList();
        assertThat(grid.census().unnamed("n1", all)).containsExactlyInAnyOrderElementsOf(dead);
        List<Unnamed> onAnother = new ArrayList<>(dead);
        onAnother.add(new Unnamed(good, Optional.of(block(grid, file, 0))));
        assertThat(grid.census().unnamed("n2", all))
                .as("whether the one that is recorded is there is not known here")
                .containsExactlyInAnyOrderElementsOf(onAnother);
        grid.nodes().quorum(false);
        Expect.error(ErrorCode.NO_QUORUM, "no majority", () -> grid.census().unnamed("n1", all));
    }

    @Test
    void takesRemovedFilesBackAfterTheGrace(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10, 20);
        FileStatus small = grid.putInline(grid.path("g"), "x");
        List<BlockRecord> blocks = grid.metadata().layout(file.id()).blocks();
        grid.files().remove(grid.path("f"), false, null);
        grid.files().remove(grid.path("g"), false, null);

        assertThat(reclaim(grid, file.id())).isEmpty();
        assertThat(grid.metadata().layout(file.id()).blocks()).isEqualTo(blocks);
        grid.clock().advance(Duration.ofMinutes(10));

        assertThat(reclaim(grid, file.id())).containsExactlyInAnyOrderElementsOf(blocks);
        Expect.error(
                ErrorCode.NOT_FOUND, "not found: file", () -> grid.metadata().layout(file.id()));
        Expect.error(
                ErrorCode.NOT_FOUND, "not found: file", () -> grid.metadata().layout(small.id()));
        Expect.error(ErrorCode.NOT_FOUND, "not found: block", () -> grid.metadata()
                .block(file.id(), blocks.get(0).id()));
    }

    @Test
    void takesWholeTreesBack(Grid grid) {
        FileStatus a = grid.putBlocks(grid.path("d/a"), OPTIONS, 1);
        FileStatus b = grid.putBlocks(grid.path("d/x/y/b"), OPTIONS, 1, 2);
        FileStatus moved = grid.putBlocks(grid.path("elsewhere/c"), OPTIONS, 3);
        grid.files().rename(grid.path("elsewhere/c"), grid.path("d/x/c"), false, null);
        FileStatus kept = grid.putBlocks(grid.path("d/x/kept"), OPTIONS, 4);
        grid.files().rename(grid.path("d/x/kept"), grid.path("kept"), false, null);
        for (int i = 0; i < 300; i++) {
            grid.putInline(grid.path("d/many-" + i), "x");
        }
        long directory = grid.files().stat(grid.path("d/x/y")).id();

        grid.files().remove(grid.path("d"), true, null);
        grid.clock().advance(Duration.ofMinutes(10));
        List<BlockRecord> gone = reclaim(grid, a.id(), b.id(), moved.id(), kept.id());

        assertThat(gone).extracting(BlockRecord::lengthBytes).containsExactlyInAnyOrder(1L, 1L, 2L, 3L);
        assertThat(grid.metadata().layout(kept.id()).status().path())
                .isEqualTo(grid.path("kept").toString());
        Expect.error(
                ErrorCode.NOT_FOUND, "not found: file", () -> grid.metadata().layout(directory));
    }

    @Test
    void takesReplacedAndGivenUpFilesBack(Grid grid) {
        FileStatus replaced = grid.putBlocks(grid.path("f"), OPTIONS, 10);
        grid.putBlocks(grid.path("f"), OPTIONS.overwriting(), 20);
        OpenFile given = grid.metadata().begin(grid.path("g"), OPTIONS);
        grid.sealBlocks(given, 30);
        grid.metadata().abandon(given);

        assertThat(reclaim(grid, replaced.id(), given.fileId()))
                .extracting(BlockRecord::lengthBytes)
                .containsExactly(30L);
        grid.clock().advance(Duration.ofMinutes(10));
        assertThat(reclaim(grid, replaced.id()))
                .extracting(BlockRecord::lengthBytes)
                .containsExactly(10L);
    }

    @Test
    void countsWhatIsBeingWritten(Grid grid) {
        reclaim(grid);
        long writers = grid.namespace().writers();
        long leases = grid.namespace().leases();

        OpenFile put = grid.metadata().begin(grid.path("put"), OPTIONS);
        OpenFile created = grid.metadata().create(grid.path("created"), OPTIONS);
        reclaim(grid);
        assertThat(grid.namespace().writers()).isEqualTo(writers + 2);
        assertThat(grid.namespace().leases()).isEqualTo(leases + 2);

        grid.metadata().abandon(put);
        grid.metadata().close(created, grid.sealBlocks(created, 30), 30);
        reclaim(grid);
        assertThat(grid.namespace().writers()).isEqualTo(writers);
        assertThat(grid.namespace().leases()).isEqualTo(leases);
    }

    @Test
    void takesUnfinishedFilesBackWhenTheirWriterIsGone(Grid grid) {
        OpenFile file = grid.metadata().begin(grid.path("f"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(file, 30);

        assertThat(reclaim(grid, file.fileId())).isEmpty();
        grid.census()
                .reclaim(Set.of("n2"), gone -> assertThat(gone.lengthBytes()).isEqualTo(30), (id, epoch) -> {});

        Expect.error(ErrorCode.LEASE_LOST, "this writer lost its lease", () -> grid.metadata()
                .commit(file, blocks));
        Expect.error(ErrorCode.LEASE_LOST, "this writer lost its lease", () -> grid.metadata()
                .allocate(file, 0, Set.of()));
        grid.metadata().abandon(file);
        assertThat(grid.files().find(grid.path("f"))).isEmpty();
    }

    @Test
    void leavesEverythingAsItIsInSafeMode(Grid grid) {
        FileStatus removed = grid.putBlocks(grid.path("removed"), OPTIONS, 10);
        grid.files().remove(grid.path("removed"), false, null);
        OpenFile given = grid.metadata().begin(grid.path("given"), OPTIONS);
        grid.sealBlocks(given, 20);
        grid.metadata().abandon(given);
        OpenFile put = grid.metadata().begin(grid.path("put"), OPTIONS);
        grid.sealBlocks(put, 30);
        OpenFile open = grid.metadata().create(grid.path("open"), OPTIONS);
        grid.clock().advance(Duration.ofHours(1));
        List<Long> gone = new ArrayList<>();
        List<Long> writerless = new ArrayList<>();
        Set<Long> files = Set.of(removed.id(), given.fileId(), put.fileId());

        grid.nodes().safeMode(true);
        assertThat(reclaimWithoutWriters(grid, gone, writerless)).isZero();
        assertThat(gone).isEmpty();
        assertThat(writerless).isEmpty();

        grid.nodes().safeMode(false);
        assertThat(reclaimWithoutWriters(grid, gone, writerless)).isGreaterThanOrEqualTo(files.size());
        assertThat(gone).containsAll(files);
        assertThat(writerless).contains(open.fileId());
        grid.metadata().abandon(open);
        grid.metadata().abandon(put);
    }

    /** No node is up by which somebody could write. */
    private static int reclaimWithoutWriters(Grid grid, List<Long> gone, List<Long> writerless) {
        return grid.census()
                .reclaim(Set.of("n2"), block -> gone.add(block.fileId()), (file, epoch) -> writerless.add(file));
    }

    @Test
    void takesAFileBackFromAWriterThatIsSilent(Grid grid) {
        OpenFile silent = grid.silent().begin(grid.path("silent"), OPTIONS);
        OpenFile there = grid.metadata().begin(grid.path("there"), OPTIONS);
        List<BlockId> lost = grid.sealBlocks(silent, 30);
        List<BlockId> kept = grid.sealBlocks(there, 40);
        Duration third = Duration.ofSeconds(20);
        grid.metadata().abandon(grid.metadata().begin(grid.path("another"), OPTIONS));

        List<BlockRecord> gone = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            gone.addAll(reclaim(grid, silent.fileId(), there.fileId()));
            assertThat(gone).as("after %d thirds of the lease", i).isEmpty();
            grid.clock().advance(third);
            grid.namespace().renewLeases();
        }
        gone.addAll(reclaim(grid, silent.fileId(), there.fileId()));

        assertThat(gone).extracting(BlockRecord::lengthBytes).containsExactly(30L);
        Expect.error(ErrorCode.LEASE_LOST, "this writer lost its lease", () -> grid.metadata()
                .commit(silent, lost));
        assertThat(grid.metadata().commit(there, kept).sizeBytes()).isEqualTo(40);
    }

    @Test
    void countsNoSilenceWhileItCouldNotListen(Grid grid) {
        OpenFile file = grid.silent().begin(grid.path("f"), OPTIONS);
        grid.sealBlocks(file, 30);

        assertThat(reclaim(grid, file.fileId())).isEmpty();
        grid.clock().advance(Duration.ofHours(1));
        assertThat(reclaim(grid, file.fileId())).isEmpty();
        grid.clock().advance(Duration.ofSeconds(59));
        assertThat(reclaim(grid, file.fileId())).isEmpty();
        grid.clock().advance(Duration.ofSeconds(1));
        assertThat(reclaim(grid, file.fileId())).hasSize(1);
    }

    @Test
    void givesUpLaterWhatItCouldNotGiveUp(Grid grid) {
        OpenFile file = grid.metadata().begin(grid.path("f"), OPTIONS);
        grid.sealBlocks(file, 30);
        grid.nodes().quorum(false);
        Expect.error(ErrorCode.NO_QUORUM, "no majority", () -> grid.metadata().abandon(file));
        grid.nodes().quorum(true);

        assertThat(reclaim(grid, file.fileId()))
                .extracting(BlockRecord::lengthBytes)
                .containsExactly(30L);
    }
}
