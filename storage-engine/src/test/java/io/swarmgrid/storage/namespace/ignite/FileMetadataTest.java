package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockSpread;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneNode.class)
final class FileMetadataTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    @Test
    void writesAFileThatIsVisibleOnceCommitted(Grid grid) {
        OpenFile file = grid.metadata().begin(grid.path("a/b/f"), OPTIONS.attributes(Map.of("rows", "9")));
        BlockRecord open = grid.metadata().allocate(file, 0, Set.of());
        List<BlockId> blocks = List.of(open.id());

        assertThat(open.state()).isEqualTo(BlockState.OPEN);
        assertThat(open.epoch()).isEqualTo(1);
        assertThat(open.replication()).isEqualTo(2);
        assertThat(open.holders()).containsExactly(new Replica("n1", 1));
        assertThat(file.replicas()).isEqualTo(2);
        assertThat(file.durability()).isEqualTo(Durability.POWER);
        assertThat(grid.files().find(grid.path("a"))).isEmpty();

        BlockRecord sealed = grid.metadata().seal(file, new SealedBlock(open.id(), 1, 700, -5), List.of("n1"));
        assertThat(grid.metadata().seal(file, new SealedBlock(open.id(), 1, 700, -5), List.of("n1")))
                .isEqualTo(sealed);
        FileStatus status = grid.metadata().commit(file, blocks);

        assertThat(status.sizeBytes()).isEqualTo(700);
        assertThat(status.version()).isEqualTo(1);
        assertThat(status.state()).isEqualTo("sealed");
        assertThat(status.attribute("rows")).isEqualTo("9");
        assertThat(status.id()).isEqualTo(file.fileId());
        FileLayout layout = grid.metadata().layout(grid.path("a/b/f"));
        assertThat(layout.status()).isEqualTo(status);
        assertThat(layout.blocks()).containsExactly(sealed);
        assertThat(layout.inline()).isNull();
        assertThat(grid.metadata().layout(status.id())).isEqualTo(layout);
        assertThat(grid.metadata().block(status.id(), open.id())).isEqualTo(sealed);
        assertThat(grid.metadata().commit(file, blocks)).isEqualTo(status);
    }

    @Test
    void locatesManyFilesAtOnce(Grid grid) {
        FileStatus small = grid.putInline(grid.path("many/small"), "abc");
        List<FileStatus> large = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            large.add(grid.putBlocks(grid.path("many/in" + i + "/large"), OPTIONS, 700, 300));
        }
        FileStatus gone = grid.putBlocks(grid.path("many/gone"), OPTIONS, 5);
        long none = gone.id() ^ 1;

        List<Long> wanted = new ArrayList<>(List.of(none, small.id()));
        large.forEach(file -> wanted.add(file.id()));
        Map<Long, List<BlockLocation>> found = grid.files().locateAll(wanted);

        assertThat(found).containsOnlyKeys(wanted.subList(1, wanted.size()));
        assertThat(found.get(small.id())).isEmpty();
        for (FileStatus file : large) {
            assertThat(found.get(file.id())).hasSize(2).isEqualTo(grid.files().locate(GridPath.parse(file.path())));
        }
        assertThat(grid.files().locateAll(List.of())).isEmpty();
    }

    @Test
    void keepsSmallFilesInTheMetadata(Grid grid) {
        byte[] bytes = {1, 2, 3};
        FileStatus status = grid.metadata().putInline(grid.path("x/small"), OPTIONS, bytes);
        FileStatus empty = grid.metadata().putInline(grid.path("x/empty"), OPTIONS, new byte[0]);

        assertThat(status.sizeBytes()).isEqualTo(3);
        assertThat(grid.metadata().layout(grid.path("x/small")).inline()).isEqualTo(bytes);
        assertThat(grid.metadata().layout(empty.id()).inline()).isEmpty();
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot keep 70000 bytes in the metadata", () -> grid.metadata()
                .putInline(grid.path("large"), OPTIONS, new byte[70_000]));
    }

    @Test
    void refusesAnExistingFileUnlessAskedToReplaceIt(Grid grid) {
        FileStatus first = grid.putBlocks(grid.path("f"), OPTIONS, 10);
        OpenFile late = grid.metadata().begin(grid.path("g"), OPTIONS);
        grid.putInline(grid.path("g"), "x");

        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("f"), () -> grid.metadata()
                .begin(grid.path("f"), OPTIONS));
        Expect.error(
                ErrorCode.ALREADY_EXISTS,
                "already exists: " + grid.path("f"),
                () -> grid.putInline(grid.path("f"), "x"));
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("g"), () -> grid.metadata()
                .commit(late, List.of()));
        grid.metadata().abandon(late);
        FileStatus second = grid.putBlocks(grid.path("f"), OPTIONS.overwriting(), 20);
        FileStatus third = grid.metadata().putInline(grid.path("f"), OPTIONS.overwriting(), new byte[3]);

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.version()).isEqualTo(2);
        assertThat(third.version()).isEqualTo(3);
        assertThat(grid.metadata().layout(first.id()).lengthBytes())
                .as("pinned by a ticket")
                .isEqualTo(10);
    }

    @Test
    void refusesDirectoriesAsFiles(Grid grid) {
        Expect.error(ErrorCode.IS_A_DIRECTORY, "is a directory: " + grid.home(), () -> grid.metadata()
                .begin(grid.home(), OPTIONS.overwriting()));
        Expect.error(ErrorCode.IS_A_DIRECTORY, "is a directory: " + grid.home(), () -> grid.metadata()
                .putInline(grid.home(), OPTIONS.overwriting(), new byte[1]));
        Expect.error(ErrorCode.IS_A_DIRECTORY, "is a directory: /", () -> grid.metadata()
                .layout(GridPath.ROOT));
        Expect.error(ErrorCode.IS_A_DIRECTORY, "is a directory: " + grid.home(), () -> grid.metadata()
                .layout(grid.home()));
        grid.putInline(grid.path("f"), "x");
        Expect.error(ErrorCode.NOT_A_DIRECTORY, "not a directory: " + grid.path("f"), () -> grid.metadata()
                .begin(grid.path("f/g"), OPTIONS));
    }

    @Test
    void putsOnceForAnOperation(Grid grid) {
        OperationId operation = new OperationId("put" + grid.home());
        PutOptions once = OPTIONS.operation(operation);
        FileStatus first = grid.metadata().putInline(grid.path("f"), once, new byte[1]);

        assertThat(grid.metadata().putInline(grid.path("f"), once, new byte[9])).isEqualTo(first);
        OpenFile again = grid.metadata().begin(grid.path("f"), once);
        assertThat(grid.metadata().commit(again, grid.sealBlocks(again, 100))).isEqualTo(first);
        assertThat(grid.files().outcome(operation)).contains(first);
        assertThat(grid.files().stat(grid.path("f")).sizeBytes()).isEqualTo(1);
        Expect.error(ErrorCode.LEASE_LOST, "this writer lost its lease", () -> grid.metadata()
                .allocate(again, 0, Set.of()));
    }

    @Test
    void commitsOnlySealedBlocksWithoutGaps(Grid grid) {
        OpenFile file = grid.metadata().begin(grid.path("f"), OPTIONS);
        BlockRecord open = grid.metadata().allocate(file, 0, Set.of());
        BlockRecord gap = grid.metadata().allocate(file, 5, Set.of());
        grid.metadata().seal(file, new SealedBlock(gap.id(), 1, 5, 0), List.of("n1"));

        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "block " + open.id() + " is OPEN at 0, expected SEALED at 0",
                () -> grid.metadata().commit(file, List.of(open.id())));
        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "block " + gap.id() + " is SEALED at 5, expected SEALED at 0",
                () -> grid.metadata().commit(file, List.of(gap.id())));
        Expect.error(ErrorCode.PRECONDITION_FAILED, "is unknown", () -> grid.metadata()
                .commit(file, List.of(new BlockId(Long.MAX_VALUE))));
        assertThat(grid.metadata().commit(file, List.of()).sizeBytes()).isZero();
        Expect.error(ErrorCode.NOT_FOUND, "not found: block " + open.id(), () -> grid.metadata()
                .block(file.fileId(), open.id()));
    }

    @Test
    void goesOnWithTheSurvivorsUnderTheNextEpoch(Grid grid) {
        grid.nodes().live(List.of("n1", "n2", "n3"));
        OpenFile file = grid.metadata().begin(grid.path("f"), OPTIONS.replicas(3));
        BlockRecord block = grid.metadata().allocate(file, 0, Set.of());

        BlockRecord next = grid.metadata().bumpEpoch(file, block.id(), List.of("n1", "n3"));

        assertThat(next.epoch()).isEqualTo(2);
        assertThat(next.holders()).containsExactly(new Replica("n1", 2), new Replica("n3", 2));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "cannot go on with a block on n2, which does not hold it",
                () -> grid.metadata().bumpEpoch(file, block.id(), List.of("n2")));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT, "on no node", () -> grid.metadata().bumpEpoch(file, block.id(), List.of()));
        Expect.error(ErrorCode.PRECONDITION_FAILED, "epoch 1, is at 2", () -> grid.metadata()
                .seal(file, new SealedBlock(block.id(), 1, 5, 0), List.of("n1")));
        grid.metadata().seal(file, new SealedBlock(block.id(), 2, 5, 0), List.of("n1", "n3"));
        Expect.error(ErrorCode.PRECONDITION_FAILED, "cannot go on with a sealed block", () -> grid.metadata()
                .bumpEpoch(file, block.id(), List.of("n1")));
        Expect.error(ErrorCode.PRECONDITION_FAILED, "it is sealed with 5", () -> grid.metadata()
                .seal(file, new SealedBlock(block.id(), 2, 6, 0), List.of("n1")));
        grid.metadata().abandon(file);
    }

    @Test
    void choosesHoldersByFileOrByBlock(Grid grid) {
        OpenFile together = grid.metadata().begin(grid.path("t"), OPTIONS.placement(BlockSpread.TOGETHER));
        OpenFile spread = grid.metadata().begin(grid.path("s"), OPTIONS.replicas(9));

        assertThat(grid.metadata().allocate(together, 0, Set.of()).placementKey())
                .isEqualTo(together.fileId());
        BlockRecord block = grid.metadata().allocate(spread, 0, Set.of());
        assertThat(block.placementKey()).isEqualTo(block.id().value());
        assertThat(block.replication()).isEqualTo(9);
        assertThat(block.holders()).hasSize(1);
        Expect.error(
                ErrorCode.NO_SPACE,
                "no node can take another block of 1MiB: " + grid.path("s") + ", without [n1]",
                () -> grid.metadata().allocate(spread, 0, Set.of("n1")));
        grid.metadata().abandon(together);
        grid.metadata().abandon(spread);
    }

    @Test
    void givesUpAFileButNotACommittedOne(Grid grid) {
        OpenFile given = grid.metadata().begin(grid.path("f"), OPTIONS);
        OpenFile written = grid.metadata().begin(grid.path("g"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(written, 5);
        grid.metadata().commit(written, blocks);

        grid.metadata().abandon(given);
        grid.metadata().abandon(given);
        grid.metadata().abandon(written);

        assertThat(grid.metadata().layout(grid.path("g")).blocks()).hasSize(1);
        Expect.error(ErrorCode.LEASE_LOST, "this writer lost its lease", () -> grid.metadata()
                .commit(given, List.of()));
        Expect.error(
                ErrorCode.NOT_FOUND, "not found: file", () -> grid.metadata().layout(given.fileId()));
    }

    @Test
    void boundsTheOpenWritersOfANode(Grid grid) {
        List<OpenFile> open = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            open.add(grid.metadata().begin(grid.path("f" + i), OPTIONS));
        }

        grid.putInline(grid.path("closed"), "x");
        List<ThrowingCallable> oneTooMany = List.of(
                () -> grid.metadata().begin(grid.path("put"), OPTIONS),
                () -> grid.metadata().create(grid.path("created"), OPTIONS),
                () -> grid.metadata().reopen(grid.path("closed")));
        for (ThrowingCallable opening : oneTooMany) {
            Expect.error(ErrorCode.OVERLOADED, "storage.max-open-writers=16", opening);
            Expect.hint("wait for others to finish, or write through another node", opening);
        }
        assertThat(grid.files().find(grid.path("created"))).isEmpty();
        open.forEach(grid.metadata()::abandon);
        grid.metadata().abandon(grid.metadata().begin(grid.path("another"), OPTIONS));
    }

    @Test
    void takesABadCopyOutUnlessItIsTheOnlyOne(Grid grid) {
        grid.nodes().live(List.of("n1", "n2"));
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10);
        BlockRecord block = grid.metadata().layout(file.id()).blocks().get(0);

        assertThat(grid.metadata().reportBad(file.id(), block.id(), "n1", 7))
                .as("not recorded like that")
                .isTrue();
        assertThat(grid.metadata().block(file.id(), block.id()).holders()).hasSize(2);
        assertThat(grid.metadata().reportBad(file.id(), block.id(), "n1", 1)).isTrue();
        assertThat(grid.metadata().block(file.id(), block.id()).holders()).containsExactly(new Replica("n2", 1));
        assertThat(grid.metadata().reportBad(file.id(), block.id(), "n2", 1)).isFalse();
        assertThat(grid.metadata().block(file.id(), block.id()).holders()).hasSize(1);
    }

    @Test
    void doesNotBringAnEndedSessionBack(Grid grid) {
        GridPath session = Files.STAGING.child("ended" + grid.home().name());
        grid.makeDirectory(session);
        OpenFile file = grid.metadata().begin(session.child("part"), OPTIONS);
        grid.files().remove(session, true, null);

        Expect.error(ErrorCode.NOT_FOUND, "not found: " + session, () -> grid.metadata()
                .commit(file, List.of()));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + session, () -> grid.metadata()
                .begin(session.child("other"), OPTIONS));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + session, () -> grid.metadata()
                .putInline(session.child("x").child("y"), OPTIONS, new byte[1]));
        grid.metadata().abandon(file);
    }
}
