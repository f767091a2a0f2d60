package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.Resumed;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.Writerless;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A visible file goes back to its writer, and to nobody else, wherever he comes from. */
@ExtendWith(OneNode.class)
final class ResumeTest {
    private static final WriterId ADA = new WriterId(17);
    private static final WriterId BOB = new WriterId(18);
    private static final PutOptions OPTIONS = PutOptions.create("ada").writer(ADA);
    private static final int AT_ONCE = 3;
    private static final String OTHERS = "somebody else opened for writing, or had recovered, meanwhile: ";

    private static Writerless open(Resumed resumed) {
        assertThat(resumed.ended()).isNull();
        return Objects.requireNonNull(resumed.open());
    }

    /** As its keeper does it. */
    private static Writerless lost(Grid grid, OpenFile file) {
        return Objects.requireNonNull(grid.metadata().takeOver(file.fileId(), file.leaseEpoch()));
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
        Writerless keeper = lost(grid, file);
        assertThat(grid.metadata().takeOver(file.fileId(), file.leaseEpoch()))
                .as("he asks again, and did not hear")
                .isEqualTo(keeper);
        Writerless back = open(grid.metadata().resume(file.fileId(), ADA));
        assertThat(grid.metadata().takeOver(file.fileId(), keeper.file().leaseEpoch()))
                .as("somebody had found that he was lost, before he came back")
                .isNull();
        Expect.error(ErrorCode.LEASE_LOST, "lost its lease", () -> grid.metadata()
                .close(keeper.file(), blocks, 30, Closing.LEFT));
        Writerless later = lost(grid, back.file());
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
        Writerless keeper = lost(grid, file);
        grid.metadata().close(keeper.file(), List.of(), 0, Closing.LEFT);
        Reopened bobs = grid.metadata().reopen(grid.path("f"), BOB);

        expectRefusal(grid, file, ADA);
        List<BlockId> blocks = grid.sealBlocks(bobs.file(), 5);
        grid.metadata().close(bobs.file(), blocks, 5, Closing.LEFT);
        expectRefusal(grid, file, ADA);
        Writerless resumed = open(grid.metadata().resume(file.fileId(), BOB));
        grid.metadata().close(resumed.file(), blocks, 5);
    }

    /** A creation that was on its way for long comes when the writer has made the file through another node, and closed it. */
    @Test
    void aLateCreationReplacesNothingOfItsOwnWriter(Grid grid) {
        PutOptions over = OPTIONS.overwriting();
        grid.putInline(grid.path("f"), "before");
        OpenFile file = grid.metadata().create(grid.path("f"), over);
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists", () -> grid.metadata()
                .create(grid.path("f"), over));
        FileStatus closed = grid.metadata().commitInline(file, new byte[] {1, 2});

        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists", () -> grid.metadata()
                .create(grid.path("f"), over));

        assertThat(grid.files().stat(grid.path("f"))).isEqualTo(closed);
        OpenFile bobs = grid.metadata().create(grid.path("f"), over.writer(BOB));
        grid.metadata().commitInline(bobs, new byte[0]);
    }

    /** Who is one too many leaves the file to whom it belongs, or to its keeper: nobody waits for the silence of a lease. */
    @Test
    void anAttemptThatIsOneTooManyLeavesNoLease(Grid grid) {
        OpenFile file = grid.silent().create(grid.path("f"), OPTIONS);
        OpenFile lost = grid.silent().create(grid.path("g"), PutOptions.create("ada"));
        List<OpenFile> open = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            open.add(grid.metadata().begin(grid.path("put" + i), PutOptions.create("ada")));
        }
        Expect.error(ErrorCode.OVERLOADED, "storage.max-open-writers=16", () -> grid.metadata()
                .resume(file.fileId(), ADA));
        Expect.error(ErrorCode.OVERLOADED, "storage.max-open-writers=16", () -> grid.metadata()
                .takeOver(lost.fileId(), lost.leaseEpoch()));
        open.forEach(grid.metadata()::abandon);
        Map<Long, Long> left = new HashMap<>();

        grid.census().reclaim(Set.of("n1"), gone -> {}, left::put);

        assertThat(left).containsEntry(lost.fileId(), lost.leaseEpoch() + 1).doesNotContainKey(file.fileId());
        assertThat(grid.silent().commitInline(file, new byte[] {1}).sizeBytes()).isEqualTo(1);
        Writerless taken = Objects.requireNonNull(grid.metadata().takeOver(lost.fileId()));
        grid.metadata().commitInline(taken.file(), new byte[0]);
    }

    /** A lease is renewed on, whoever asks for another one through the same node. */
    @Test
    void aWriterKeepsHisLeaseWhereOthersAskInVain(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);
        expectRefusal(grid, file, BOB);
        Expect.error(ErrorCode.PRECONDITION_FAILED, "somebody writes the file", () -> grid.metadata()
                .reopen(grid.path("f"), BOB));
        List<Long> left = new ArrayList<>();

        for (int i = 0; i < 10; i++) {
            grid.clock().advance(Duration.ofSeconds(20));
            grid.namespace().renewLeases();
            grid.census().reclaim(Set.of("n1"), gone -> {}, (id, epoch) -> left.add(id));
        }

        assertThat(left).doesNotContain(file.fileId());
        grid.metadata().commitInline(file, new byte[0]);
    }

    /** He asked twice, and the node that he goes on through hears of both at once: one lease is left, which is renewed. */
    @Test
    void whoComesLastKeepsHisLeaseThoughItWasAskedForTwiceAtOnce(Grid grid) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            for (int round = 0; round < 30; round++) {
                List<OpenFile> files = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    files.add(grid.metadata().create(grid.path("f" + round + "-" + i), OPTIONS));
                }
                List<OpenFile> resumed = new ArrayList<>();
                for (OpenFile file : files) {
                    CyclicBarrier together = new CyclicBarrier(AT_ONCE);
                    List<Future<Writerless>> asked = new ArrayList<>();
                    for (int i = 0; i < AT_ONCE; i++) {
                        asked.add(threads.submit(() -> {
                            together.await();
                            return open(grid.metadata().resume(file.fileId(), ADA));
                        }));
                    }
                    for (Future<Writerless> each : asked) {
                        resumed.add(each.get(1, TimeUnit.MINUTES).file());
                    }
                }
                Map<Long, Long> left = new HashMap<>();
                for (int i = 0; i < 5; i++) {
                    grid.clock().advance(Duration.ofSeconds(20));
                    grid.namespace().renewLeases();
                    grid.census().reclaim(Set.of("n1"), gone -> {}, left::put);
                }
                for (OpenFile file : files) {
                    assertThat(left).as("round=%s", round).doesNotContainKey(file.fileId());
                }
                resumed.forEach(grid.metadata()::abandon);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The node of a writer is lost: he gets the time to go on, and a file that nobody can go on with is closed at once. */
    @Test
    void aWriterThatMayComeBackHasTheDurationOfALease(Grid grid) {
        OpenFile file = grid.metadata().create(grid.path("f"), OPTIONS);
        OpenFile others = grid.metadata().create(grid.path("g"), PutOptions.create("ada"));
        Map<Long, Long> left = new HashMap<>();

        grid.census().reclaim(Set.of("n2"), gone -> {}, left::put);
        assertThat(left).containsEntry(others.fileId(), others.leaseEpoch());
        for (int i = 0; i < 3; i++) {
            assertThat(left).doesNotContainKey(file.fileId());
            grid.clock().advance(Duration.ofSeconds(20));
            grid.census().reclaim(Set.of("n2"), gone -> {}, left::put);
        }

        assertThat(left).containsEntry(file.fileId(), file.leaseEpoch());
        grid.metadata().commitInline(file, new byte[0]);
        grid.metadata().commitInline(others, new byte[0]);
    }

    /** Whoever has a file recovered reads it as it is then, and relies on that. */
    @Test
    void isRefusedOnceTheFileWasRecoveredOnPurpose(Grid grid) {
        OpenFile open = grid.metadata().create(grid.path("open"), OPTIONS);
        OpenFile left = grid.metadata().create(grid.path("left"), OPTIONS);
        grid.metadata().commitInline(left, new byte[] {1}, Closing.LEFT);

        Writerless taken = Objects.requireNonNull(grid.metadata().takeOver(open.fileId()));
        assertThat(grid.metadata().takeOver(left.fileId())).isNull();

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
