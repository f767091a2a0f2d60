package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.ignite.Ignite;
import org.apache.ignite.transactions.Transaction;
import org.apache.ignite.transactions.TransactionConcurrency;
import org.apache.ignite.transactions.TransactionIsolation;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes whose node cannot say what became of them, and the leases of files that they were about. */
final class UnknownOutcomeTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    @TempDir
    private Path directory;

    private TestGrid grid;
    private FileMetadata metadata;

    @BeforeEach
    void start() {
        grid = TestGrid.start(directory, new TestClock(), Map.of("metadata.backups", "1"), "n1", "n2");
        metadata = grid.first().namespace().fileMetadata();
    }

    @AfterEach
    void stop() {
        grid.close();
    }

    @Test
    void aCommitThatIsAskedAgainIsFoundDoneAndHasNoLease() {
        GridPath path = GridPath.parse("/put");
        OpenFile file = metadata.begin(path, OPTIONS);
        List<BlockId> blocks = List.of(sealed(file));

        inDoubt(() -> metadata.commit(file, blocks));

        assertThat(tables().doomed(file.fileId())).as("its lease").isNull();
        FileStatus status = metadata.commit(file, blocks);
        assertThat(status.id()).isEqualTo(file.fileId());
        assertThat(status.sizeBytes()).isEqualTo(30);
        metadata.abandon(metadata.reopen(path).file()); // nobody has it
    }

    @Test
    void aWriterThatGivesUpAfterAnUnknownCommitTakesNothingBackThatWasCommitted() {
        GridPath path = GridPath.parse("/put");
        OpenFile file = metadata.begin(path, OPTIONS);
        List<BlockId> blocks = List.of(sealed(file));

        inDoubt(() -> metadata.commit(file, blocks));
        metadata.abandon(file);

        assertThat(reclaim()).isEmpty();
        assertThat(metadata.layout(path).blocks()).extracting(BlockRecord::id).isEqualTo(blocks);
    }

    @Test
    void aCreationThatNobodyWasToldOfIsLeftToItsKeeperAtOnce() {
        GridPath path = GridPath.parse("/visible");
        inDoubt(() -> metadata.create(path, OPTIONS));

        long id = metadata.layout(path).status().id();
        List<Long> writerless = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            grid.first().namespace().census().reclaim(Set.of("n1"), block -> {}, (file, epoch) -> writerless.add(file));
        }

        assertThat(writerless).contains(id); // though no time has passed
    }

    /**
     * Has a change made in the root, and the other node lost in its middle, so that there is no majority afterwards: a row that the
     * change needs is held until then.
     */
    private void inDoubt(ThrowingCallable change) {
        Ignite ignite = grid.first().ignite();
        long before = ignite.cluster().topologyVersion();
        FutureTask<Boolean> asking = new FutureTask<>(
                () -> Expect.error(ErrorCode.UNKNOWN_OUTCOME, "the change may have been applied", change), true);
        Thread caller = new Thread(asking, "caller");
        try (Transaction holding = ignite.transactions()
                .txStart(TransactionConcurrency.PESSIMISTIC, TransactionIsolation.REPEATABLE_READ)) {
            ignite.cache(NamespaceCaches.DENTRIES).get(DentryKey.guard(Ids.ROOT));
            caller.start();
            await().pollInterval(Duration.ofMillis(2)).until(() -> isWithinATransaction(caller));
            grid.stop(1);
            await().until(() -> ignite.cluster().topologyVersion() > before);
            grid.first().nodes().quorum(false);
            holding.rollback();
            asking.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            grid.first().nodes().quorum(true);
        }
    }

    private static boolean isWithinATransaction(Thread caller) {
        return Arrays.stream(caller.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(Transactions.class.getName()));
    }

    private BlockId sealed(OpenFile file) {
        BlockRecord block = metadata.allocate(file, 0, Set.of());
        metadata.seal(file, new SealedBlock(block.id(), block.epoch(), 30, 42), List.of("n1"));
        return block.id();
    }

    private List<BlockRecord> reclaim() {
        List<BlockRecord> gone = new ArrayList<>();
        grid.first().namespace().census().reclaim(Set.of("n1"), gone::add, (file, epoch) -> {});
        return gone;
    }

    private Tables tables() {
        return Tables.of(grid.first().ignite());
    }
}
