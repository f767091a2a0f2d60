package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.LoadRequest;
import io.swarmgrid.client.wire.LoadResult;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.storage.load.Loads;
import io.swarmgrid.storage.memory.MemoryGrid;
import io.swarmgrid.storage.mounted.MountedFiles;
import io.swarmgrid.storage.mounted.MountedStore;
import io.swarmgrid.storage.outer.MemoryProvider;
import io.swarmgrid.storage.outer.MemoryStore;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What lies below a mount is brought near, by a node of three. */
class LoadPagesTest extends OuterReads {
    private static final String TOP = "/data/x/sets";

    private Loads loads() {
        return loads(grid(), stores.get(0));
    }

    private static Loads loads(TestNodes grid, MountedStore store) {
        TestNode node = grid.get(1);
        MountedFiles files = new MountedFiles(new MemoryGrid(), node.outside());
        return new Loads(files, grid.metadata(), store, node.path());
    }

    private static LoadRequest begin(String path) {
        return new LoadRequest(path, null, null, null);
    }

    private static LoadResult ended(Loads loads, LoadRequest ask) {
        LoadResult result = loads.load(ask);
        while (result.state().equals(RecoverResult.RUNNING)) {
            result = loads.load(new LoadRequest(null, null, result.run(), null));
        }
        return result;
    }

    @Test
    void comesOnceAndIsReadWithoutItsStore() {
        byte[] bytes = TestNodes.random(20 * PAGE + 77);
        outer.write("sets/a", bytes);
        outer.write("sets/deep/b", TestNodes.random(3 * PAGE));
        outer.write("sets/none", new byte[0]);
        try (Loads loads = loads()) {
            LoadResult end = ended(loads, begin(TOP));
            assertThat(end.state()).as("%s", end).isEqualTo(RecoverResult.DONE);
            assertThat(end.missing()).isEmpty();
            assertThat(end.node()).isEqualTo("n1");
            assertThat(end.tier()).isEqualTo("ssd");
            assertThat(end.files()).isEqualTo(3).isEqualTo(end.totalFiles());
            assertThat(end.blocks()).isEqualTo(24).isEqualTo(end.totalBlocks());
            assertThat(end.sizeBytes()).isEqualTo(23 * PAGE + 77).isEqualTo(end.totalSizeBytes());
            assertThat(end.changed()).isFalse();
            assertThat(outer.reads()).as("each page once").hasSize(24);

            LoadResult again = ended(loads, begin(FILE));
            assertThat(again.broughtBytes()).isZero();
            assertThat(again.blocks()).isEqualTo(21);
            assertThat(loads.load(new LoadRequest(null, null, null, null))).isEqualTo(again);
        }
        outer.before("read", () -> {
            throw new AssertionError("asked again");
        });
        assertThat(readAll(stores.get(0))).isEqualTo(bytes);
    }

    @Test
    void saysWhatIsMissingAndWhy() {
        outer.write("sets/a", TestNodes.random(5 * PAGE + 3));
        outer.write("sets/b", TestNodes.random(PAGE));
        outer.before("read", () -> {
            throw new GridException(ErrorCode.PERMISSION_DENIED, "nobody may read this");
        });
        try (Loads loads = loads()) {
            LoadResult end = ended(loads, begin(TOP));
            assertThat(end.state()).isEqualTo(RecoverResult.DONE);
            assertThat(end.blocks()).isZero();
            assertThat(end.files()).isZero();
            assertThat(end.missingBlocks()).isEqualTo(7).isEqualTo(end.totalBlocks());
            assertThat(end.missingBytes()).isEqualTo(6 * PAGE + 3);
            assertThat(end.missing()).hasSize(2).allSatisfy(range -> {
                assertThat(range.code()).isEqualTo(ErrorCode.PERMISSION_DENIED.name());
                assertThat(range.why()).contains("nobody may read this");
            });
            assertThat(end.missing().get(0).path()).isEqualTo(FILE);
            assertThat(end.missing().get(0).offset()).isZero();
            assertThat(end.missing().get(0).sizeBytes()).as("one range").isEqualTo(5 * PAGE + 3);
            assertThat(end.moreMissing()).isZero();
        }
    }

    @Test
    void saysThatFilesChangedMeanwhile() {
        outer.write("sets/a", TestNodes.random(2 * PAGE));
        AtomicBoolean once = new AtomicBoolean();
        outer.before("read", () -> {
            if (!once.getAndSet(true)) {
                outer.write("sets/late", TestNodes.random(PAGE));
            }
        });
        try (Loads loads = loads()) {
            LoadResult end = ended(loads, begin(TOP));
            assertThat(end.state()).isEqualTo(RecoverResult.DONE);
            assertThat(end.changed()).isTrue();
            assertThat(end.missing()).isEmpty();
            assertThat(end.files()).as("what the last look found").isEqualTo(2);
        }
    }

    @Test
    void isOneAtATimeAndCanBeStopped() throws Exception {
        MemoryStore slow = MemoryProvider.make("slow");
        slow.write("sets/a", TestNodes.random(20 * PAGE));
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        slow.before("read", () -> {
            busy.countDown();
            await(answer);
        });
        ExecutorService caller = Executors.newSingleThreadExecutor();
        Map<String, String> patient = Map.of(
                "storage.cache.share", "50%",
                "storage.outer.allowed", "memory://slow",
                "storage.outer.page-size", "64KiB",
                "storage.outer.patience", "5m");
        try (TestNodes grid = new TestNodes(directory.resolve("slow"), 1, patient, Map.of());
                Loads loads =
                        loads(grid, grid.get(1).mount(new OneMount(GridPath.parse("/data/x"), "memory://slow")))) {
            assertThatThrownBy(() -> loads.load(new LoadRequest(null, null, null, null)))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                    .hasMessageContaining("no load was begun on n1");
            Future<LoadResult> begun = caller.submit(() -> loads.load(begin(TOP)));
            await(busy);
            assertThatThrownBy(() -> loads.load(begin(FILE)))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
            LoadResult asked = loads.load(new LoadRequest(null, null, null, true));
            assertThat(asked.state()).isEqualTo(RecoverResult.RUNNING);
            assertThat(asked.totalBlocks()).isEqualTo(20);
            answer.countDown();
            LoadResult end = ended(loads, new LoadRequest(null, null, asked.run(), null));
            assertThat(end.state()).isEqualTo(RecoverResult.FAILED);
            assertThat(end.code()).isEqualTo(ErrorCode.CANCELLED.name());
            assertThat(end.phase()).startsWith("the load was stopped: ");
            assertThat(begun.get().run()).isEqualTo(end.run());

            LoadResult whole = ended(loads, begin(TOP));
            assertThat(whole.blocks()).isEqualTo(20);
            assertThat(whole.missing()).isEmpty();
        } finally {
            answer.countDown();
            caller.shutdownNow();
        }
    }

    @Test
    void refusesWhatIsNotThere() {
        try (Loads loads = loads()) {
            assertThatThrownBy(() -> loads.load(begin("/data/x/none")))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
            outer.write("sets/a", new byte[1]);
            assertThatThrownBy(() -> loads.load(new LoadRequest(FILE, "mem", null, null)))
                    .isInstanceOfSatisfying(GridException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
                        assertThat(e.hint()).isEqualTo("it has them on ssd");
                    })
                    .hasMessage("n1 has no near copies on mem");
            assertThatThrownBy(() -> loads.load(new LoadRequest(FILE, "floppy", null, null)))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.UNAVAILABLE, "was told to stop", e);
        }
    }
}
