package io.swarmgrid.storage.namespace.ignite;

import static io.swarmgrid.storage.namespace.ignite.Joins.blocks;
import static io.swarmgrid.storage.namespace.ignite.Joins.cut;
import static io.swarmgrid.storage.namespace.ignite.Joins.ids;
import static io.swarmgrid.storage.namespace.ignite.Joins.join;
import static io.swarmgrid.storage.namespace.ignite.Joins.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockCensus.Unnamed;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files that are joined to one: what comes of it, and which cannot be. */
@ExtendWith(OneNode.class)
final class ConcatTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    /** Takes back all there is; the blocks that went. */
    private static List<BlockId> reclaim(Grid grid) {
        List<BlockId> gone = new ArrayList<>();
        int taken;
        do {
            taken = grid.census().reclaim(Set.of("n1"), block -> gone.add(block.id()), (id, epoch) -> {});
        } while (taken > 0);
        return gone;
    }

    @Test
    void goOnWithTheBlocksOfTheOthersInTheirOrder(Grid grid) {
        grid.putBlocks(grid.path("f"), OPTIONS.attributes(Map.of("rows", "9")), 700, 300);
        FileStatus target = grid.files().stat(grid.path("f"));
        FileStatus near = grid.putBlocks(grid.path("g"), OPTIONS, 50, 60);
        FileStatus far = grid.putBlocks(grid.path("elsewhere/h"), OPTIONS.attributes(Map.of("rows", "1")), 5);
        List<BlockRecord> before = new ArrayList<>(blocks(grid, "f"));
        before.addAll(blocks(grid, "g"));
        before.addAll(blocks(grid, "elsewhere/h"));
        grid.clock().advance(Duration.ofSeconds(3));

        FileStatus joined = join(grid, "f", "g", "elsewhere/h");

        assertThat(joined.id()).isEqualTo(target.id());
        assertThat(joined.sizeBytes()).isEqualTo(1115);
        assertThat(joined.version()).isEqualTo(target.version() + 1);
        assertThat(joined.modifiedMs()).isGreaterThan(target.modifiedMs());
        assertThat(joined.createdMs()).isEqualTo(target.createdMs());
        assertThat(joined.attribute("rows")).isEqualTo("9");
        assertThat(joined).isEqualTo(grid.files().stat(grid.path("f")));
        assertThat(grid.files().find(grid.path("g"))).isEmpty();
        assertThat(grid.files().find(grid.path("elsewhere/h"))).isEmpty();
        FileLayout layout = grid.metadata().layout(grid.path("f"));
        assertThat(layout.blocks())
                .extracting(BlockRecord::id)
                .containsExactlyElementsOf(before.stream().map(BlockRecord::id).toList());
        assertThat(offsets(grid, "f")).containsExactly(0L, 700L, 1000L, 1050L, 1110L);
        List<BlockLocation> located = grid.files().locate(grid.path("f"));
        assertThat(located).extracting(BlockLocation::offset).containsExactly(0L, 700L, 1000L, 1050L, 1110L);
        assertThat(grid.files().locateAll(List.of(joined.id()))).containsEntry(joined.id(), located);
        assertThat(grid.files().usage(grid.home()).storedBytes()).isEqualTo(1115);
        assertThat(grid.files().usage(grid.path("f")).storedBytes()).isEqualTo(1115);
        for (BlockRecord block : before) {
            assertThat(grid.metadata().block(block.fileId(), block.id()))
                    .as("for whoever was reading")
                    .isEqualTo(block);
        }
        assertThat(before).extracting(BlockRecord::fileId).contains(near.id(), far.id());
    }

    @Test
    void keepTheirCopiesWhileTheyAreNamedAndNoLonger(Grid grid) {
        grid.putBlocks(grid.path("f"), OPTIONS, 10);
        FileStatus source = grid.putBlocks(grid.path("g"), OPTIONS, 20);
        FileStatus last = grid.putBlocks(grid.path("h"), OPTIONS, 30);
        List<BlockRecord> records = new ArrayList<>(blocks(grid, "g"));
        records.addAll(blocks(grid, "h"));
        List<Copy> copies = records.stream()
                .map(block -> new Copy(block.fileId(), block.id(), block.epoch()))
                .toList();

        join(grid, "g", "h");
        join(grid, "f", "g"); // what was joined is joined again
        assertThat(reclaim(grid)).doesNotContainAnyElementsOf(ids(records));

        Expect.error(
                ErrorCode.NOT_FOUND, "not found: file", () -> grid.metadata().layout(source.id()));
        Expect.error(
                ErrorCode.NOT_FOUND, "not found: file", () -> grid.metadata().layout(last.id()));
        assertThat(grid.census().unnamed("n1", copies)).isEmpty();
        assertThat(offsets(grid, "f")).containsExactly(0L, 10L, 30L);
        List<BlockRecord> walked = new ArrayList<>();
        grid.census().walk(walked::add);
        assertThat(walked).containsAll(records);

        List<BlockId> all = ids(blocks(grid, "f"));
        grid.files().remove(grid.path("f"), false, null);
        grid.clock().advance(Duration.ofMinutes(10));
        assertThat(reclaim(grid)).containsAll(all);
        assertThat(grid.census().unnamed("n1", copies))
                .extracting(Unnamed::copy)
                .containsExactlyInAnyOrderElementsOf(copies);
    }

    @Test
    void giveBackVeryManyBlocksToo(Grid grid) {
        long[] lengths = LongStream.rangeClosed(1, 300).toArray();
        grid.putBlocks(grid.path("f"), OPTIONS, lengths);
        grid.putBlocks(grid.path("g"), OPTIONS, lengths);
        join(grid, "f", "g");
        List<BlockId> all = ids(blocks(grid, "f"));
        assertThat(all).hasSize(600);

        grid.files().remove(grid.path("f"), false, null);
        grid.clock().advance(Duration.ofMinutes(10));

        assertThat(reclaim(grid)).containsAll(all);
    }

    @Test
    void areCutAndGrowAfterwards(Grid grid) {
        grid.putBlocks(grid.path("f"), OPTIONS, 100, 100);
        cut(grid, "f", 150);
        grid.putBlocks(grid.path("g"), OPTIONS, 40, 40);
        cut(grid, "g", 70);
        grid.putBlocks(grid.path("h"), OPTIONS, 5);

        assertThat(join(grid, "f", "g", "h").sizeBytes()).isEqualTo(225);
        assertThat(offsets(grid, "f")).containsExactly(0L, 100L, 150L, 190L, 220L);
        FileLayout layout = grid.metadata().layout(grid.path("f"));
        assertThat(List.of(layout.usedBytes(1), layout.usedBytes(3), layout.usedBytes(4)))
                .as("a block is used up to where the next one begins")
                .containsExactly(50L, 30L, 5L);

        BlockRecord dropped = blocks(grid, "f").get(4);
        assertThat(cut(grid, "f", 215).sizeBytes()).isEqualTo(215);
        assertThat(offsets(grid, "f")).containsExactly(0L, 100L, 150L, 190L);
        Expect.error(ErrorCode.NOT_FOUND, "not found: block " + dropped.id(), () -> grid.metadata()
                .block(dropped.fileId(), dropped.id()));

        Reopened opened = grid.metadata().reopen(grid.path("f"));
        List<BlockId> all = new ArrayList<>(ids(opened.layout().blocks()));
        grid.metadata().show(opened.file(), all, 215);
        BlockRecord next = grid.metadata().allocate(opened.file(), 215, Set.of());
        all.add(next.id());
        grid.metadata().show(opened.file(), all, 220);
        grid.metadata().seal(opened.file(), new SealedBlock(next.id(), 1, 9, 0), List.of("n1"));
        assertThat(grid.metadata().close(opened.file(), all, 224).sizeBytes()).isEqualTo(224);
        assertThat(offsets(grid, "f")).containsExactly(0L, 100L, 150L, 190L, 215L);
    }

    @Test
    void areTakenFromAWriterWithAllTheirBlocks(Grid grid) {
        grid.putBlocks(grid.path("f"), OPTIONS, 10);
        grid.putBlocks(grid.path("g"), OPTIONS, 20);
        join(grid, "f", "g");
        OpenFile writer = grid.metadata().reopen(grid.path("f")).file();

        var taken = java.util.Objects.requireNonNull(grid.metadata().takeOver(writer.fileId()));

        assertThat(taken.blocks()).extracting(BlockRecord::offset).containsExactly(0L, 10L);
        assertThat(taken.lengthBytes()).isEqualTo(30);
        grid.metadata().close(taken.file(), ids(taken.blocks()), 30);
        assertThat(offsets(grid, "f")).containsExactly(0L, 10L);
    }

    @Test
    void takeSmallOnesInTheMetadataAndAsBlocks(Grid grid) {
        grid.putInline(grid.path("small"), "abc");
        grid.putInline(grid.path("other"), "de");
        FileLayout small = grid.metadata().layout(grid.path("small"));
        FileLayout other = grid.metadata().layout(grid.path("other"));
        grid.metadata().concat(Concatenation.small(small, List.of(other), new byte[] {'a', 'b', 'c', 'd', 'e'}, null));
        assertThat(grid.metadata().layout(grid.path("small")).inline())
                .asString()
                .isEqualTo("abcde");
        assertThat(grid.files().find(grid.path("other"))).isEmpty();

        FileLayout target = grid.metadata().layout(grid.path("small"));
        grid.putBlocks(grid.path("large"), OPTIONS, 100);
        FileLayout large = grid.metadata().layout(grid.path("large"));
        OpenFile part = grid.metadata().beginPart(target);
        BlockId spilled = grid.sealBlocks(part, 5).get(0);
        BlockRecord unused = grid.metadata().allocate(part, 5, Set.of());
        List<BlockRecord> blocks = List.of(
                grid.metadata().block(part.fileId(), spilled),
                large.blocks().get(0).at(5));
        grid.metadata().concat(Concatenation.ofBlocks(target, List.of(large), part, blocks, null));

        assertThat(offsets(grid, "small")).containsExactly(0L, 5L);
        assertThat(grid.metadata().layout(grid.path("small")).inline()).isNull();
        assertThat(reclaim(grid)).doesNotContain(spilled, blocks.get(1).id());
        assertThat(offsets(grid, "small")).containsExactly(0L, 5L);
        Expect.error(ErrorCode.NOT_FOUND, "not found: block " + unused.id(), () -> grid.metadata()
                .block(part.fileId(), unused.id()));
    }

    @Test
    void giveUpWhatWasWrittenForThemAndNotJoined(Grid grid) {
        grid.putInline(grid.path("f"), "abc");
        FileLayout target = grid.metadata().layout(grid.path("f"));
        OpenFile part = grid.metadata().beginPart(target);
        List<BlockId> spilled = grid.sealBlocks(part, 3);

        grid.metadata().abandon(part);

        assertThat(reclaim(grid)).containsAll(spilled);
        FileLayout source =
                grid.metadata().layout(grid.putInline(grid.path("g"), "x").id());
        Expect.error(ErrorCode.LEASE_LOST, "this writer lost its lease", () -> grid.metadata()
                .concat(Concatenation.ofBlocks(target, List.of(source), part, List.of(), null)));
        assertThat(grid.files().stat(grid.path("f"))).isEqualTo(target.status());
    }

    @Test
    void happenOnceForAnOperation(Grid grid) {
        OperationId operation = new OperationId("join" + grid.home());
        grid.putBlocks(grid.path("f"), OPTIONS, 10);
        grid.putBlocks(grid.path("g"), OPTIONS, 20);
        Concatenation order = Joins.looked(grid.metadata(), operation, grid.path("f"), grid.path("g"));

        FileStatus joined = grid.metadata().concat(order);

        assertThat(grid.metadata().concat(order)).isEqualTo(joined);
        assertThat(grid.metadata().outcome(operation)).contains(joined);
        assertThat(grid.files().stat(grid.path("f"))).isEqualTo(joined);
        assertThat(joined.sizeBytes()).isEqualTo(30);
    }

    @Test
    void areRefusedWhereSomebodyWritesOrTheFilesDoNotFit(Grid grid) {
        grid.putBlocks(grid.path("f"), OPTIONS, 10);
        grid.putBlocks(grid.path("g"), OPTIONS, 20);
        OpenFile writer = grid.metadata().reopen(grid.path("g")).file();
        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "somebody writes the file: " + grid.path("g"),
                () -> join(grid, "f", "g"));
        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "somebody writes the file: " + grid.path("g"),
                () -> join(grid, "g", "f"));
        grid.metadata().close(writer, ids(blocks(grid, "g")), 20);

        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot join a file twice", () -> join(grid, "f", "g", "g"));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot join a file twice", () -> join(grid, "f", "f"));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot join 0 files to " + grid.path("f"), () -> join(grid, "f"));

        grid.putBlocks(grid.path("weak"), OPTIONS.durability(Durability.MEMORY), 5);
        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "cannot join what survives less: " + grid.path("weak") + " is kept for durability MEMORY",
                () -> join(grid, "f", "weak"));
        assertThat(join(grid, "weak", "g").sizeBytes()).isEqualTo(25);

        GridPath staged = Files.STAGING.child(grid.home().name() + "-s");
        grid.makeDirectory(staged);
        grid.putBlocks(staged.child("part"), OPTIONS, 7);
        grid.files()
                .publish(new Publication(staged, grid.path("d"), PutMode.CREATE, EntryKind.DATASET, Map.of(), 0, null));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "cannot join files of a dataset: " + grid.path("d/part"),
                () -> join(grid, "f", "d/part"));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "cannot join files of a dataset: " + grid.path("d/part"),
                () -> join(grid, "d/part", "f"));
        assertThat(grid.files().stat(grid.path("f")).sizeBytes()).isEqualTo(10);
    }

    @Test
    void haveTheCopiesThatTheTargetIsToHave(Grid grid) {
        grid.putBlocks(grid.path("f"), OPTIONS.replicas(2), 10);
        grid.putBlocks(grid.path("fewer"), OPTIONS.replicas(1), 20);
        grid.putBlocks(grid.path("more"), OPTIONS.replicas(3), 30);

        assertThat(join(grid, "f", "fewer", "more").replicas()).isEqualTo(2);
        assertThat(blocks(grid, "f")).extracting(BlockRecord::replication).containsExactly(2, 2, 2);

        grid.files().setReplication(grid.path("f"), 4);
        assertThat(blocks(grid, "f")).extracting(BlockRecord::replication).containsExactly(4, 4, 4);
        assertThat(offsets(grid, "f")).containsExactly(0L, 10L, 30L);
    }
}
