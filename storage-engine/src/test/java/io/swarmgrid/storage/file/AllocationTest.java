package io.swarmgrid.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.TierOwner;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Replica;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block that is allocated ahead is somebody's, or closed: also where it comes too late. */
class AllocationTest {
    private static final GridPath TARGET = GridPath.parse("/f");
    private static final BlockId ID = new BlockId(1);
    private static final Duration NOT_AT_ALL = Duration.ZERO;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final CountDownLatch comes = new CountDownLatch(1);

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(1 << 20);

    private LocalBlockStore blocks;

    @BeforeEach
    void open(@TempDir Path directory) {
        blocks = LocalBlockStore.open(
                List.of(new TierConfig(Medium.SSD, directory, Optional.empty())),
                Reserve.ofPercent(0),
                buffers,
                new TierOwner("grid", "n1"));
    }

    @AfterEach
    void close() {
        comes.countDown();
        executor.shutdown();
        blocks.close();
    }

    @Test
    void whoTakesItHasIt() {
        Allocation allocation = begin(LONG);
        comes.countDown();

        EarlyBlock taken = allocation.take().orElseThrow();

        assertThat(taken.block().id()).isEqualTo(ID);
        assertThat(blocks.blocks()).as("open").isOne();
        taken.close();
        assertThat(blocks.blocks()).isZero();
    }

    @Test
    void whatIsLookedAtStaysTheAllocations() {
        Allocation allocation = begin(LONG);
        comes.countDown();

        assertThat(allocation.look()).isPresent();
        assertThat(blocks.blocks()).as("open").isOne();
        allocation.giveUp();
        assertThat(blocks.blocks()).isZero();
    }

    @Test
    void whatComesTooLateIsClosed() throws Exception {
        Allocation allocation = begin(NOT_AT_ALL);

        assertThat(allocation.take()).isEmpty();

        comes.countDown();
        assertAllClosed();
    }

    @Test
    void whatAnInterruptedOneWaitedForIsClosed() throws Exception {
        Allocation allocation = begin(LONG);
        Thread.currentThread().interrupt();

        assertThatThrownBy(allocation::take)
                .isInstanceOf(GridException.class)
                .hasMessage("interrupted while a block was allocated: put /f")
                .extracting(e -> ((GridException) e).code())
                .isEqualTo(ErrorCode.CANCELLED);

        assertThat(Thread.interrupted()).isTrue();
        comes.countDown();
        assertAllClosed();
    }

    @Test
    void oneThatFailsIsNone() {
        GridException refused = new GridException(ErrorCode.NO_SPACE, "told to say so");
        Allocation allocation = Allocation.begin(
                executor,
                () -> {
                    throw refused;
                },
                LONG,
                TARGET);

        assertThat(allocation.take()).isEmpty();
    }

    private Allocation begin(Duration patience) {
        return Allocation.begin(executor, this::allocated, patience, TARGET);
    }

    private EarlyBlock allocated() {
        try {
            comes.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        WayHome home = new WayHome(7, TARGET.toString(), 0);
        return new EarlyBlock(
                new BlockRecord(ID, 7, 0, 0, 1, 0, BlockState.OPEN, 1, 1, List.of(new Replica("n1", 1))),
                blocks.create(ID, 1, home, Durability.PROCESS, 0));
    }

    /** Behind the allocation, which its thread ends first. */
    private void assertAllClosed() throws Exception {
        executor.submit(() -> assertThat(blocks.find(ID)).isEmpty()).get();
        await("closed").until(() -> blocks.blocks() == 0);
    }
}
