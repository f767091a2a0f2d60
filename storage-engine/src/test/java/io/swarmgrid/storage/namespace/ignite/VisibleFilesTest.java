package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.Writerless;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files that are visible while they are written. */
@ExtendWith(OneNode.class)
final class VisibleFilesTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    private static FileStatus stat(Grid grid, String name) {
        return grid.files().stat(grid.path(name));
    }

    private static List<Long> writerless(Grid grid, Set<String> live) {
        List<Long> found = new ArrayList<>();
        grid.census().reclaim(live, gone -> {}, (file, epoch) -> found.add(file));
        return found;
    }

    @Test
    void areThereFromTheBeginningAndGrowByWhatIsShown(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("d/f"), OPTIONS);

        assertThat(stat(grid, "d/f")).satisfies(empty -> {
            assertThat(empty.state()).isEqualTo("open");
            assertThat(empty.sizeBytes()).isZero();
            assertThat(empty.id()).isEqualTo(file.fileId());
        });
        assertThat(grid.files().list(grid.path("d"), null, 10).entries()).containsExactly(stat(grid, "d/f"));
        BlockRecord first = grid.metadata().allocate(file, 0, Set.of());
        grid.metadata().allocate(file, 0, Set.of()); // of nodes that were lost
        grid.metadata().show(file, List.of(first.id()), 300);
        assertThat(stat(grid, "d/f").sizeBytes()).isEqualTo(300);
        FileLayout layout = grid.metadata().layout(grid.path("d/f"));
        assertThat(layout.blocks()).extracting(BlockRecord::id).containsExactly(first.id());
        assertThat(layout.blocks().get(0).state()).isEqualTo(BlockState.OPEN);
        assertThat(layout.usedBytes(0)).isEqualTo(300);

        grid.metadata().seal(file, new SealedBlock(first.id(), 1, 700, 5), List.of("n1"));
        assertThat(stat(grid, "d/f").sizeBytes()).as("all of a full block").isEqualTo(700);
        assertThat(grid.metadata().layout(grid.path("d/f")).usedBytes(0)).isEqualTo(700);
        assertThat(grid.files().locate(grid.path("d/f")))
                .singleElement()
                .satisfies(block -> assertThat(block.sizeBytes()).isEqualTo(700));
        BlockRecord second = grid.metadata().allocate(file, 700, Set.of());
        BlockRecord third = grid.metadata().allocate(file, 710, Set.of());
        grid.metadata().seal(file, new SealedBlock(third.id(), 1, 5, 5), List.of("n1"));
        assertThat(stat(grid, "d/f").sizeBytes()).as("not seen before").isEqualTo(700);
        grid.metadata().show(file, List.of(first.id(), second.id()), 710);
        grid.metadata().seal(file, new SealedBlock(second.id(), 1, 10, 5), List.of("n1"));
        FileStatus closed = grid.metadata().close(file, List.of(first.id(), second.id()), 710);

        assertThat(closed.state()).isEqualTo("sealed");
        assertThat(closed.sizeBytes()).isEqualTo(710);
        assertThat(closed.version()).isEqualTo(2);
        assertThat(closed).isEqualTo(stat(grid, "d/f"));
        assertThat(grid.metadata().close(file, List.of(first.id(), second.id()), 710))
                .as("the answer was lost")
                .isEqualTo(closed);
        assertThat(writerless(grid, Set.of())).doesNotContain(file.fileId());
    }

    @Test
    void keepNobodyElseFromTheirName(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);

        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("f"), () -> grid.metadata()
                .create(grid.path("f"), OPTIONS));
        OpenFile next = grid.metadata().create(grid.path("f"), OPTIONS.overwriting());

        Expect.error(
                ErrorCode.LEASE_LOST,
                "removed or replaced while it was written: " + grid.path("f"),
                () -> grid.metadata().show(file, List.of(), 0));
        Expect.error(ErrorCode.LEASE_LOST, "removed or replaced", () -> grid.metadata()
                .commitInline(file, new byte[1]));
        grid.metadata().abandon(file);
        assertThat(grid.metadata().commitInline(next, new byte[] {1, 2}).sizeBytes())
                .isEqualTo(2);
        assertThat(grid.metadata().layout(grid.path("f")).inline()).containsExactly(1, 2);
    }

    @Test
    void areWrittenOnUnderAnotherName(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("a/f"), OPTIONS);
        grid.files().makeDirectory(grid.path("b"), "ada", io.swarmgrid.storage.namespace.Files.Parents.MAKE);
        grid.files().rename(grid.path("a/f"), grid.path("b/g"), false, null);
        List<BlockId> blocks = grid.sealBlocks(file, 30);
        grid.metadata().show(file, blocks, 30);

        assertThat(stat(grid, "b/g").sizeBytes()).isEqualTo(30);
        assertThat(grid.metadata().close(file, blocks, 30).path())
                .isEqualTo(grid.path("b/g").toString());
    }

    @Test
    void areLeftToTheirKeeperWhenTheirWriterGoes(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);
        OpenFile left = grid.metadata().create(grid.path("left"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(file, 30);
        grid.metadata().show(file, blocks, 30);
        assertThat(writerless(grid, Set.of("n1"))).doesNotContain(file.fileId(), left.fileId());

        grid.metadata().abandon(left);
        assertThat(writerless(grid, Set.of("n1"))).contains(left.fileId()).doesNotContain(file.fileId());
        assertThat(writerless(grid, Set.of("n2"))).contains(file.fileId());
        Writerless taken = Objects.requireNonNull(grid.metadata().takeOver(file.fileId()));

        assertThat(taken.file().path()).isEqualTo(GridPath.parse(grid.path("f").toString()));
        assertThat(taken.shown()).isEqualTo(1);
        assertThat(taken.lengthBytes()).isEqualTo(30);
        assertThat(taken.blocks()).extracting(BlockRecord::id).containsExactlyElementsOf(blocks);
        Expect.error(ErrorCode.LEASE_LOST, "this writer lost its lease", () -> grid.metadata()
                .allocate(file, 30, Set.of()));
        Expect.error(ErrorCode.LEASE_LOST, "this writer lost its lease", () -> grid.metadata()
                .close(file, blocks, 30));
        assertThat(grid.metadata().close(taken.file(), blocks, 30).sizeBytes()).isEqualTo(30);
        assertThat(grid.metadata().takeOver(file.fileId())).as("closed").isNull();
        Writerless empty = Objects.requireNonNull(grid.metadata().takeOver(left.fileId()));
        assertThat(grid.metadata().close(empty.file(), List.of(), 0).sizeBytes())
                .isZero();
        assertThat(writerless(grid, Set.of())).doesNotContain(file.fileId(), left.fileId());
    }

    @Test
    void areTakenBackWhenTheyAreRemoved(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(file, 30);
        grid.metadata().show(file, blocks, 30);
        assertThat(grid.files().remove(grid.path("f"), false, null)).isTrue();

        Expect.error(ErrorCode.LEASE_LOST, "removed or replaced", () -> grid.metadata()
                .close(file, blocks, 30));
        assertThat(grid.metadata().takeOver(file.fileId())).isNull();
        grid.metadata().abandon(file);
        List<BlockRecord> gone = new ArrayList<>();
        grid.clock().advance(java.time.Duration.ofHours(1));
        grid.census()
                .reclaim(Set.of("n1"), gone::add, (id, epoch) -> assertThat(id).isNotEqualTo(file.fileId()));
        assertThat(gone).extracting(BlockRecord::id).containsAll(blocks);
    }

    @Test
    void areOpenedAgainByOneAtATime(Grid grid) {
        FileStatus first = grid.putBlocks(grid.path("f"), OPTIONS, 10, 20);
        Reopened again = grid.metadata().reopen(grid.path("f"));

        assertThat(again.layout().blocks()).hasSize(2);
        assertThat(stat(grid, "f").state()).isEqualTo("open");
        assertThat(stat(grid, "f").sizeBytes()).isEqualTo(30);
        Expect.error(ErrorCode.PRECONDITION_FAILED, "somebody writes the file: " + grid.path("f"), () -> grid.metadata()
                .reopen(grid.path("f")));
        OpenFile file = again.file();
        BlockRecord third = grid.metadata().allocate(file, 30, Set.of());
        List<BlockId> blocks = new ArrayList<>(
                again.layout().blocks().stream().map(BlockRecord::id).toList());
        blocks.add(third.id());
        grid.metadata().show(file, blocks, 35);
        assertThat(grid.metadata().layout(grid.path("f")).blocks()).hasSize(3);
        Writerless taken = Objects.requireNonNull(grid.metadata().takeOver(first.id()));
        assertThat(taken.shown()).isEqualTo(3);
        Expect.error(
                ErrorCode.LEASE_LOST, "lost its lease", () -> grid.metadata().show(file, blocks, 36));
        grid.metadata().seal(taken.file(), new SealedBlock(third.id(), 1, 40, 0), List.of("n1"));

        assertThat(grid.metadata().close(taken.file(), blocks, 70).version()).isEqualTo(first.version() + 1);

        assertThat(stat(grid, "f").sizeBytes()).isEqualTo(70);
        Reopened last = grid.metadata().reopen(grid.path("f"));
        Expect.error(
                ErrorCode.LEASE_LOST, "lost its lease", () -> grid.metadata().allocate(file, 70, Set.of()));
        assertThat(grid.metadata().close(last.file(), blocks.subList(0, 2), 15).sizeBytes())
                .isEqualTo(15);
        FileLayout cut = grid.metadata().layout(grid.path("f"));
        assertThat(cut.usedBytes(0)).isEqualTo(10);
        assertThat(cut.usedBytes(1)).as("of 20").isEqualTo(5);
        Expect.error(
                ErrorCode.NOT_FOUND, "not found: block", () -> grid.metadata().block(first.id(), third.id()));
    }

    @Test
    void giveUpTheirPlaceInTheMetadataOnceTheyHaveBlocks(Grid grid) {
        FileStatus small = grid.putInline(grid.path("f"), "abc");
        Reopened again = grid.metadata().reopen(grid.path("f"));
        assertThat(again.layout().inline()).hasSize(3);
        Writerless taken = Objects.requireNonNull(grid.metadata().takeOver(small.id()));
        assertThat(grid.metadata().close(taken.file(), List.of(), 3).sizeBytes())
                .isEqualTo(3);
        assertThat(grid.metadata().layout(small.id()).inline()).hasSize(3);

        OpenFile file = grid.metadata().reopen(grid.path("f")).file();
        BlockRecord block = grid.metadata().allocate(file, 0, Set.of());
        grid.metadata().show(file, List.of(block.id()), 5);

        assertThat(grid.metadata().layout(small.id()).inline()).isNull();
        grid.metadata().seal(file, new SealedBlock(block.id(), 1, 5, 0), List.of("n1"));
        assertThat(grid.metadata().close(file, List.of(block.id()), 5).sizeBytes())
                .isEqualTo(5);
    }
}
