package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.Comeback;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.Resumed;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.Writerless;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A visible file goes back to its writer, and to nobody else, wherever he comes from. */
@ExtendWith(OneNode.class)
final class ResumeTest {
    private static final WriterId ADA = new WriterId(17);
    private static final WriterId BOB = new WriterId(18);
    private static final PutOptions OPTIONS = PutOptions.create("ada").writer(ADA);
    private static final String OTHERS = "somebody else opened for writing, or had recovered, meanwhile: ";

    private static Writerless open(Resumed resumed) {
        assertThat(resumed.ended()).isNull();
        return Objects.requireNonNull(resumed.open());
    }

    private static void expectRefusal(Grid grid, OpenFile file, WriterId writer) {
        Expect.error(ErrorCode.LEASE_LOST, OTHERS + file.path(), () -> grid.metadata()
                .resume(file.fileId(), writer));
    }

    @Test
    void fencesWhoHasTheLeaseAndFindsWhatWasWritten(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(file, 30, 20);
        grid.metadata().show(file, blocks.subList(0, 1), 30);

        Writerless resumed = open(grid.metadata().resume(file.fileId(), ADA));

        assertThat(resumed.lengthBytes()).isEqualTo(30);
        assertThat(resumed.shown()).isEqualTo(1);
        assertThat(resumed.blocks()).extracting(BlockRecord::id).containsExactlyElementsOf(blocks);
        assertThat(resumed.file().path()).isEqualTo(file.path());
        Expect.error(
                ErrorCode.LEASE_LOST, "lost its lease", () -> grid.metadata().close(file, blocks, 50));
        Writerless again = open(grid.metadata().resume(file.fileId(), ADA));
        Expect.error(
                ErrorCode.LEASE_LOST, "lost its lease", () -> grid.metadata().close(resumed.file(), blocks, 50));
        assertThat(grid.metadata().close(again.file(), blocks, 50).sizeBytes()).isEqualTo(50);
    }

    @Test
    void comesAfterTheKeeperBeforeAndAfterHeHasClosedTheFile(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(file, 30);
        Writerless keeper = Objects.requireNonNull(grid.metadata().takeOver(file.fileId()));
        open(grid.metadata().resume(file.fileId(), ADA));
        Expect.error(ErrorCode.LEASE_LOST, "lost its lease", () -> grid.metadata()
                .close(keeper.file(), blocks, 30, Closing.LEFT));
        Writerless later = Objects.requireNonNull(grid.metadata().takeOver(file.fileId()));
        grid.metadata().close(later.file(), blocks, 30, Closing.LEFT);

        Writerless resumed = open(grid.metadata().resume(file.fileId(), ADA));

        assertThat(resumed.lengthBytes()).isEqualTo(30);
        assertThat(grid.files().stat(grid.path("f")).state()).isEqualTo("open");
        grid.metadata().close(resumed.file(), blocks, 30);
    }

    @Test
    void saysThatAFileHasEndedToItsWriterAlone(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);
        FileStatus closed = grid.metadata().commitInline(file, new byte[] {1, 2});

        Resumed resumed = grid.metadata().resume(file.fileId(), ADA);

        assertThat(resumed.open()).isNull();
        assertThat(resumed.ended()).isEqualTo(closed);
        expectRefusal(grid, file, BOB);
        expectRefusal(grid, file, WriterId.NONE);
    }

    @Test
    void isRefusedOnceSomebodyElseHasOpenedTheFile(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);
        Writerless keeper = Objects.requireNonNull(grid.metadata().takeOver(file.fileId()));
        grid.metadata().close(keeper.file(), List.of(), 0, Closing.LEFT);
        Reopened bobs = grid.metadata().reopen(grid.path("f"), BOB);

        expectRefusal(grid, file, ADA);
        List<BlockId> blocks = grid.sealBlocks(bobs.file(), 5);
        grid.metadata().close(bobs.file(), blocks, 5, Closing.LEFT);
        expectRefusal(grid, file, ADA);
        Writerless resumed = open(grid.metadata().resume(file.fileId(), BOB));
        grid.metadata().close(resumed.file(), blocks, 5);
    }

    /** Whoever has a file recovered reads it as it is then, and relies on that. */
    @Test
    void isRefusedOnceTheFileWasRecoveredOnPurpose(Grid grid) {
        OpenFile open = grid.metadata().create(grid.path("open"), OPTIONS);
        OpenFile left = grid.metadata().create(grid.path("left"), OPTIONS);
        grid.metadata().commitInline(left, new byte[] {1}, Closing.LEFT);

        Writerless taken = Objects.requireNonNull(grid.metadata().takeOver(open.fileId(), Comeback.REFUSED));
        assertThat(grid.metadata().takeOver(left.fileId(), Comeback.REFUSED)).isNull();

        expectRefusal(grid, open, ADA);
        expectRefusal(grid, left, ADA);
        grid.metadata().close(taken.file(), List.of(), 0, Closing.LEFT);
        expectRefusal(grid, open, ADA);
    }

    @Test
    void isRefusedWhereTheFileIsGone(Grid grid) {
        OpenFile removed = grid.metadata().create(grid.path("removed"), OPTIONS);
        OpenFile replaced = grid.metadata().create(grid.path("replaced"), OPTIONS);
        grid.files().remove(grid.path("removed"), false, null);
        OpenFile next = grid.metadata()
                .create(grid.path("replaced"), OPTIONS.writer(BOB).overwriting());

        for (OpenFile file : List.of(removed, replaced)) {
            Expect.error(ErrorCode.LEASE_LOST, "removed or replaced while it was written", () -> grid.metadata()
                    .resume(file.fileId(), ADA));
            grid.metadata().abandon(file);
        }
        grid.metadata().commitInline(next, new byte[0]);
    }
}
