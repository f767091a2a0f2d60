package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.SmallFile;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files that are made empty and get their bytes later, and what takes the place of one file and of no other. */
@ExtendWith(OneNode.class)
final class SmallFilesTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    @Test
    void makesAnEmptyFileWithItsRightsWhereNoneIs(Grid grid) {
        grid.makeDirectory(grid.path("d"));
        GridPath path = grid.path("d/f");
        PutOptions once = OPTIONS.rights("vision", 0640).operation(new OperationId("create-1"));

        FileStatus made = grid.metadata().createEmpty(path, once);

        assertThat(made.sizeBytes()).isZero();
        assertThat(made.state()).isEqualTo("sealed");
        assertThat(made.owner()).isEqualTo("ada");
        assertThat(made.group()).isEqualTo("vision");
        assertThat(made.permission()).isEqualTo(0640);
        assertThat(grid.files().stat(path)).isEqualTo(made);
        assertThat(grid.metadata().createEmpty(path, once)).as("once").isEqualTo(made);
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + path, () -> grid.metadata()
                .createEmpty(path, OPTIONS));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("no"), () -> grid.metadata()
                .createEmpty(grid.path("no/f"), OPTIONS));
        assertThat(grid.files().find(grid.path("no"))).isEmpty();
    }

    @Test
    void fillsTheFileThatIsMeantWhereverItIs(Grid grid) {
        FileStatus made = grid.putInline(grid.path("f"), "");
        grid.files().rename(grid.path("f"), grid.path("g"), false, null);
        grid.putInline(grid.path("f"), "another");

        FileStatus filled = grid.metadata().fill(made.id(), bytes("its own"), 1_000L, new OperationId("fill-1"));

        assertThat(filled.path()).isEqualTo(grid.path("g").toString());
        assertThat(filled.id()).isEqualTo(made.id());
        assertThat(filled.sizeBytes()).isEqualTo(7);
        assertThat(filled.modifiedMs()).isEqualTo(1_000);
        assertThat(filled.version()).isEqualTo(made.version() + 1);
        assertThat(grid.metadata().layout(grid.path("g")).inline()).isEqualTo(bytes("its own"));
        assertThat(grid.metadata().layout(grid.path("f")).inline()).isEqualTo(bytes("another"));
        assertThat(grid.metadata().fill(made.id(), bytes("its own"), 1_000L, new OperationId("fill-1")))
                .as("once")
                .isEqualTo(filled);
        Expect.error(ErrorCode.PRECONDITION_FAILED, "not empty any more: " + grid.path("g"), () -> grid.metadata()
                .fill(made.id(), bytes("more"), null, null));
    }

    @Test
    void fillsNothingThatIsWrittenOrRemovedOrTooLarge(Grid grid) {
        GridPath path = grid.path("f");
        FileStatus made = grid.putInline(path, "");
        Expect.error(ErrorCode.INVALID_ARGUMENT, "storage.inline-size", () -> grid.metadata()
                .fill(made.id(), new byte[5_000], null, null));
        OpenFile open = grid.metadata().reopen(path).file();
        Expect.error(ErrorCode.PRECONDITION_FAILED, "somebody writes the file", () -> grid.metadata()
                .fill(made.id(), bytes("x"), null, null));
        grid.metadata().commitInline(open, new byte[0]);
        grid.files().remove(path, false, null);
        Expect.error(ErrorCode.NOT_FOUND, "not found", () -> grid.metadata().fill(made.id(), bytes("x"), null, null));
    }

    @Test
    void putsManyOfOneDirectoryAllOrNone(Grid grid) {
        GridPath directory = grid.path("new/d");
        PutOptions once = OPTIONS.replicas(2).operation(new OperationId("many-1"));
        List<SmallFile> many = IntStream.range(0, FileMetadata.MAX_SMALL_FILES)
                .mapToObj(i -> new SmallFile("f" + i, bytes("content " + i)))
                .toList();

        grid.metadata().putMany(directory, many, once);
        grid.metadata().putMany(directory, many, once); // as it is done where an answer was lost

        assertThat(grid.files().list(directory, null, 1000).entries()).hasSize(many.size());
        for (SmallFile each : many) {
            FileLayout layout = grid.metadata().layout(directory.child(each.name()));
            assertThat(layout.inline()).isEqualTo(each.bytes());
            assertThat(layout.status().owner()).isEqualTo("ada");
            assertThat(layout.status().replicas()).isEqualTo(2);
            assertThat(layout.status().version()).isEqualTo(1);
        }

        List<SmallFile> overlapping = List.of(new SmallFile("g", bytes("1")), new SmallFile("f3", bytes("2")));
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + directory.child("f3"), () -> grid.metadata()
                .putMany(directory, overlapping, OPTIONS));
        assertThat(grid.files().find(directory.child("g"))).as("none").isEmpty();
        grid.metadata().putMany(directory, overlapping, OPTIONS.overwriting());
        assertThat(grid.metadata().layout(directory.child("f3")).inline()).isEqualTo(bytes("2"));
        assertThat(grid.files().stat(directory.child("f3")).version()).isEqualTo(2);
        assertThat(grid.files().stat(directory.child("g")).sizeBytes()).isEqualTo(1);
    }

    @Test
    void refusesManyThatCannotBePutTogether(Grid grid) {
        GridPath directory = grid.path("d");
        SmallFile small = new SmallFile("f", bytes("1"));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot put 0 files at once", () -> grid.metadata()
                .putMany(directory, List.of(), OPTIONS));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot put 129 files at once, only 1 to 128", () -> grid.metadata()
                .putMany(directory, Collections.nCopies(129, small), OPTIONS));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "the same name twice: " + directory.child("f"), () -> grid.metadata()
                .putMany(directory, List.of(small, small), OPTIONS));
        SmallFile large = new SmallFile("large", new byte[5_000]);
        Expect.error(
                ErrorCode.INVALID_ARGUMENT, "(storage.inline-size): " + directory.child("large"), () -> grid.metadata()
                        .putMany(directory, List.of(small, large), OPTIONS));
        PutOptions over = OPTIONS.over(new PutOptions.Over(1, 0));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "many files cannot replace one", () -> grid.metadata()
                .putMany(directory, List.of(small), over));
        grid.putInline(directory.child("file"), "x");
        Expect.error(ErrorCode.NOT_A_DIRECTORY, "not a directory", () -> grid.metadata()
                .putMany(directory.child("file"), List.of(small), OPTIONS));
        assertThat(grid.files().list(directory, null, 10).entries()).hasSize(1);
    }

    @Test
    void fillsAFileThatWasCut(Grid grid) {
        GridPath path = grid.path("f");
        FileStatus blocks = grid.putBlocks(path, OPTIONS, 10_000);
        OpenFile open = grid.metadata().reopen(path).file();
        grid.metadata().close(open, List.of(), 0);

        grid.metadata().fill(blocks.id(), bytes("x"), null, null);

        assertThat(grid.metadata().layout(path).inline()).isEqualTo(bytes("x"));
        assertThat(grid.files().stat(path).id()).isEqualTo(blocks.id());
    }

    @Test
    void replacesTheFileThatIsMeantAndNoOther(Grid grid) {
        GridPath path = grid.path("f");
        FileStatus first = grid.metadata()
                .putInline(path, OPTIONS.rights("vision", 0600).attributes(Map.of("color", "blue")), bytes("1"));
        PutOptions over = PutOptions.create("eve").over(new PutOptions.Over(first.id(), first.version()));

        FileStatus second = grid.metadata().putInline(path, over, bytes("2"));

        assertThat(second.version()).isEqualTo(first.version() + 1);
        assertThat(second.owner()).isEqualTo("ada");
        assertThat(second.group()).isEqualTo("vision");
        assertThat(second.permission()).isEqualTo(0600);
        assertThat(second.attributes()).isEqualTo(Map.of("color", "blue"));
        String elsewhere = "the file that is meant is not there: " + path;
        Expect.error(ErrorCode.CONFLICT, elsewhere, () -> grid.metadata().putInline(path, over, bytes("3")));
        Expect.error(ErrorCode.CONFLICT, elsewhere, () -> commit(grid, path, over));
        PutOptions older = over.over(new PutOptions.Over(second.id(), second.version() - 1));
        String changed = "was written by somebody else meanwhile: " + path;
        Expect.error(
                ErrorCode.PRECONDITION_FAILED, changed, () -> grid.metadata().putInline(path, older, bytes("3")));
        Expect.error(ErrorCode.PRECONDITION_FAILED, changed, () -> commit(grid, path, older));
        assertThat(grid.metadata().layout(path).inline()).isEqualTo(bytes("2"));

        grid.files().remove(path, false, null);
        PutOptions gone = over.over(new PutOptions.Over(second.id(), 0));
        Expect.error(ErrorCode.CONFLICT, elsewhere, () -> grid.metadata().putInline(path, gone, bytes("3")));
        assertThat(grid.files().find(path)).isEmpty();
    }

    @Test
    void replacesNothingThatSomebodyWritesUnlessAnyVersionWillDo(Grid grid) {
        GridPath path = grid.path("f");
        FileStatus first = grid.putInline(path, "1");
        OpenFile open = grid.metadata().reopen(path).file();
        PutOptions over = OPTIONS.over(new PutOptions.Over(first.id(), first.version()));
        Expect.error(ErrorCode.PRECONDITION_FAILED, "somebody writes the file", () -> grid.metadata()
                .putInline(path, over, bytes("2")));

        grid.metadata().putInline(path, OPTIONS.over(new PutOptions.Over(first.id(), 0)), bytes("2"));

        assertThat(grid.metadata().layout(path).inline()).isEqualTo(bytes("2"));
        grid.metadata().abandon(open);
    }

    @Test
    void opensNoOtherFileThanTheOneThatIsMeant(Grid grid) {
        GridPath path = grid.path("f");
        FileStatus first = grid.putInline(path, "1");
        grid.metadata().putInline(path, OPTIONS.overwriting(), bytes("another"));
        Expect.error(ErrorCode.CONFLICT, "the file that is meant is not there: " + path, () -> grid.metadata()
                .reopen(path, WriterId.NONE, first.id()));
    }

    private static FileStatus commit(Grid grid, GridPath path, PutOptions options) {
        OpenFile file = grid.metadata().begin(path, options);
        try {
            List<BlockId> blocks = grid.sealBlocks(file, 10_000);
            return grid.metadata().commit(file, blocks);
        } finally {
            grid.metadata().abandon(file);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
