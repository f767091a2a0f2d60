package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.mounted.MountedStore;
import io.swarmgrid.storage.outer.MemoryProvider;
import io.swarmgrid.storage.outer.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An outer store that takes its time, asked by as many as may be asking at once. */
class OuterBusyTest {
    private static final int PAGE = 64 << 10;
    private static final int FETCHES = 32;
    private static final GridPath PATH = GridPath.parse("/data/x/a");

    @TempDir
    private Path directory;

    @Test
    void whatIsBroughtAheadOrToBeLentWaitsForNoStoreWhereAllAreBusy() throws Exception {
        MemoryStore outer = MemoryProvider.make("busy");
        CountDownLatch busy = new CountDownLatch(FETCHES);
        CountDownLatch answer = new CountDownLatch(1);
        byte[] bytes = TestNodes.random(4 * FETCHES * PAGE);
        outer.write("a", bytes);
        outer.before("read", () -> {
            busy.countDown();
            await(answer);
        });
        ExecutorService readers = Executors.newFixedThreadPool(FETCHES + 1);
        try (TestNodes grid = new TestNodes(
                directory,
                1,
                Map.of(
                        "storage.cache.share", "50%",
                        "storage.outer.allowed", "memory://busy",
                        "storage.outer.page-size", "64KiB",
                        "storage.outer.patience", "5m"),
                Map.of())) {
            MountedStore store = grid.get(1).mount(new OneMount(GridPath.parse("/data/x"), "memory://busy"));
            List<Future<Integer>> reads = new ArrayList<>();
            for (int i = 0; i < FETCHES; i++) {
                long from = 4L * i * PAGE;
                reads.add(readers.submit(() -> read(store, from)));
            }
            await(busy);
            try {
                Future<List<FileReader.Part>> lent = readers.submit(() -> lend(store, 2L * PAGE));
                assertThat(lent.get(1, TimeUnit.MINUTES))
                        .singleElement()
                        .extracting(FileReader.Part::loan)
                        .isNull();
            } finally {
                answer.countDown();
            }
            for (Future<Integer> read : reads) {
                assertThat(read.get()).isEqualTo(PAGE);
            }
            assertThat(read(store, 2L * PAGE))
                    .as("nobody is left waiting for it")
                    .isEqualTo(PAGE);
        } finally {
            answer.countDown();
            readers.shutdownNow();
        }
    }

    private static int read(MountedStore store, long from) {
        try (FileReader reader = store.open(TestNode.context(), PATH)) {
            ByteBuf page = reader.read(from, PAGE);
            try {
                return page.readableBytes();
            } finally {
                page.release();
            }
        }
    }

    private static List<FileReader.Part> lend(MountedStore store, long from) {
        try (FileReader reader = store.open(TestNode.context(), PATH)) {
            return reader.lendParts(from, from + 2 * PAGE, 8, Loan::close);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
