package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockCensus.Unnamed;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ignite.Ignite;
import org.apache.ignite.cache.affinity.Affinity;
import org.apache.ignite.events.CacheQueryReadEvent;
import org.apache.ignite.events.Event;
import org.apache.ignite.events.EventType;
import org.apache.ignite.lang.IgnitePredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One copy of the metadata besides the first, on three nodes, so that each node lacks some partitions. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ThreeNodesTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final List<String> NAMES = List.of("n1", "n2", "n3");

    @TempDir
    static Path directory;

    private static TestGrid grid;

    @BeforeAll
    static void start() {
        grid = TestGrid.start(
                directory, new TestClock(), Map.of("metadata.backups", "1"), NAMES.toArray(new String[0]));
    }

    @AfterAll
    static void stop() {
        grid.close();
    }

    private static IgniteNamespace on(int index) {
        return grid.member(index).namespace();
    }

    @Test
    @Order(1)
    void showsEveryNodeTheSame() {
        for (int i = 0; i < 12; i++) {
            GridPath path = GridPath.parse("/same/d" + i + "/f");
            FileStatus put = on(i % 3).fileMetadata().putInline(path, OPTIONS, new byte[] {(byte) i});
            for (int node = 0; node < 3; node++) {
                assertThat(on(node).files().stat(path)).isEqualTo(put);
                assertThat(on(node).fileMetadata().layout(path).inline()).containsExactly(i);
                assertThat(on(node).fileMetadata().layout(put.id()).status()).isEqualTo(put);
                assertThat(on(node).files()
                                .list(GridPath.parse("/same/d" + i), null, 10)
                                .entries())
                        .containsExactly(put);
            }
        }
        assertThat(on(2).files().list(GridPath.parse("/same"), null, 100).entries())
                .hasSize(12);
        assertThat(on(1).files().usage(GridPath.parse("/same")).storedBytes()).isEqualTo(24);
    }

    @Test
    @Order(2)
    void carriesErrorsWithAllTheySay() {
        for (int node = 0; node < 3; node++) {
            IgniteNamespace namespace = on(node);
            Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: /same/d0/f", () -> namespace
                    .fileMetadata()
                    .putInline(GridPath.parse("/same/d0/f"), OPTIONS, new byte[1]));
            Expect.hint("did you mean /same/d0?", () -> namespace.files().stat(GridPath.parse("/same/d0x")));
            Expect.error(ErrorCode.DIRECTORY_NOT_EMPTY, "directory not empty: /same/d1", () -> namespace
                    .files()
                    .remove(GridPath.parse("/same/d1"), false, null));
        }
    }

    @Test
    @Order(3)
    void changesFromEveryNode() {
        for (int i = 0; i < 9; i++) {
            IgniteNamespace namespace = on(i % 3);
            GridPath home = GridPath.parse("/change" + i);
            OpenFile file = namespace.fileMetadata().begin(home.child("f"), OPTIONS.replicas(3));
            BlockRecord block = namespace.fileMetadata().allocate(file, 0, Set.of());
            block = namespace.fileMetadata().bumpEpoch(file, block.id(), List.of("n1", "n3"));
            namespace.fileMetadata().seal(file, new SealedBlock(block.id(), 2, 10, 1), List.of("n1", "n3"));
            FileStatus put = namespace.fileMetadata().commit(file, List.of(block.id()));
            namespace.files().makeDirectory(home.child("sub"), "ada", Files.Parents.REQUIRE);
            namespace.files().rename(home.child("f"), home.child("sub").child("g"), false, null);
            namespace.files().setAttribute(home.child("sub").child("g"), "a", "b");
            namespace.files().rename(home.child("sub"), GridPath.parse("/moved" + i), false, null);
            FileLayout layout = on((i + 1) % 3).fileMetadata().layout(GridPath.parse("/moved" + i + "/g"));

            assertThat(layout.status().id()).isEqualTo(put.id());
            assertThat(layout.status().attribute("a")).isEqualTo("b");
            assertThat(layout.blocks().get(0).holders()).hasSize(2);
            Copy copy = new Copy(put.id(), block.id(), 2);
            assertThat(on((i + 2) % 3).census().unnamed("n1", List.of(copy))).isEmpty();
            assertThat(on((i + 2) % 3).census().unnamed("n2", List.of(copy)))
                    .extracting(Unnamed::copy)
                    .containsExactly(copy);
        }
        List<BlockRecord> seen = new ArrayList<>();
        for (int node = 0; node < 3; node++) {
            on(node).census().walk(seen::add);
        }
        assertThat(seen).as("each block has one keeper").hasSize(9).doesNotHaveDuplicates();
        int read = 0;
        for (int node = 0; node < 3; node++) {
            read += readsNoBlocksButItsOwn(node);
        }
        assertThat(read).as("blocks that their keepers read").isEqualTo(9);
    }

    /**
     * Of each block that a walk looks at this node is the primary, and no other node has anything to do for it.
     *
     * @return how many blocks it looked at
     */
    private static int readsNoBlocksButItsOwn(int walker) {
        Map<String, List<Integer>> read = new ConcurrentHashMap<>();
        Map<Ignite, IgnitePredicate<Event>> listeners = new HashMap<>();
        for (int node = 0; node < 3; node++) {
            Ignite ignite = grid.member(node).ignite();
            String name = NAMES.get(node);
            IgnitePredicate<Event> listener = event -> {
                if (event instanceof CacheQueryReadEvent<?, ?> row) {
                    int partition = ignite.affinity(row.cacheName()).partition(row.key());
                    read.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>())
                            .add(partition);
                }
                return true;
            };
            ignite.events().enableLocal(EventType.EVT_CACHE_QUERY_OBJECT_READ);
            ignite.events().localListen(listener, EventType.EVT_CACHE_QUERY_OBJECT_READ);
            listeners.put(ignite, listener);
        }
        List<BlockRecord> seen = new ArrayList<>();
        on(walker).census().walk(seen::add);
        listeners.forEach((ignite, listener) -> ignite.events().stopLocalListen(listener));

        String name = NAMES.get(walker);
        List<Integer> own = read.getOrDefault(name, List.of());
        assertThat(read.keySet()).as("who reads").isSubsetOf(name);
        Ignite ignite = grid.member(walker).ignite();
        Affinity<Object> affinity = ignite.affinity(NamespaceCaches.BLOCKS);
        assertThat(own).hasSize(seen.size()).allMatch(partition -> affinity.mapPartitionToNode(partition)
                .equals(ignite.cluster().localNode()));
        return seen.size();
    }

    @Test
    @Order(4)
    void publishesFromEveryNode() {
        for (int i = 0; i < 6; i++) {
            GridPath staged = Files.STAGING.child("s" + i);
            on(i % 3).files().makeDirectory(staged, "ada", Files.Parents.REQUIRE);
            on((i + 1) % 3).fileMetadata().putInline(staged.child("part-" + i), OPTIONS, new byte[1]);
            FileStatus dataset = on((i + 2) % 3)
                    .files()
                    .publish(new Publication(
                            staged,
                            GridPath.parse("/dataset"),
                            i == 0 ? PutMode.CREATE : PutMode.APPEND,
                            EntryKind.DATASET,
                            Map.of(),
                            i,
                            null));
            assertThat(dataset.version()).isEqualTo(i + 1);
        }
        assertThat(on(0).files().list(GridPath.parse("/dataset"), null, 10).entries())
                .hasSize(6);
    }

    @Test
    @Order(4)
    void joinsFilesOfManyPartitionsFromEveryNode() {
        GridPath target = GridPath.parse("/join/target");
        putBlocks(on(0), target);
        for (int i = 0; i < 12; i++) {
            GridPath near = GridPath.parse("/join/d" + i + "/f");
            GridPath far = GridPath.parse("/join/e" + i + "/f");
            FileStatus first = putBlocks(on(i % 3), near);
            putBlocks(on((i + 1) % 3), far);
            long blockHome = first.id();

            FileStatus joined = Joins.join(on((i + 2) % 3).fileMetadata(), target, near, far);

            assertThat(joined.sizeBytes()).isEqualTo(1000L * (2 * i + 3));
            for (int node = 0; node < 3; node++) {
                FileLayout layout = on(node).fileMetadata().layout(target);
                assertThat(layout.status()).isEqualTo(joined);
                assertThat(layout.blocks()).hasSize(2 * i + 3);
                assertThat(layout.blocks().get(2 * i + 1).fileId()).isEqualTo(blockHome);
                assertThat(layout.blocks().get(2 * i + 1).offset()).isEqualTo(1000L * (2 * i + 1));
                assertThat(on(node).files().find(near)).isEmpty();
                assertThat(on(node).files().find(far)).isEmpty();
            }
        }
        assertThat(on(0).files().usage(GridPath.parse("/join")).storedBytes()).isEqualTo(2L * 25_000);
    }

    private static GridPath source(int number) {
        return GridPath.parse("/loss/s" + number % 20 + "/f" + number);
    }

    /** As often as it takes until somebody says that it was done. */
    private static void joinOnce(FileMetadata metadata, GridPath target, GridPath source) {
        OperationId operation = new OperationId("join" + source);
        for (boolean answered = false; !answered; ) {
            try {
                answered = metadata.outcome(operation).isPresent()
                        || metadata.concat(Joins.looked(metadata, operation, target, source))
                                        .sizeBytes()
                                > 0;
            } catch (GridException e) {
                // Not found where an attempt without an answer came through after it was asked for.
                assertThat(e.kind() == ErrorKind.RETRY
                                || e.kind() == ErrorKind.UNKNOWN
                                || e.code() == ErrorCode.NOT_FOUND)
                        .as(e.toString())
                        .isTrue();
            }
        }
    }

    private static FileStatus putBlocks(IgniteNamespace on, GridPath path) {
        OpenFile file = on.fileMetadata().begin(path, OPTIONS);
        BlockRecord block = on.fileMetadata().allocate(file, 0, Set.of());
        List<String> holders = block.holders().stream().map(Replica::node).toList();
        on.fileMetadata().seal(file, new SealedBlock(block.id(), block.epoch(), 1000, 42), holders);
        return on.fileMetadata().commit(file, List.of(block.id()));
    }

    @Test
    @Order(5)
    void losesNothingThatItConfirmedWhenANodeIsLost() throws Exception {
        GridPath joined = GridPath.parse("/loss/joined");
        putBlocks(on(0), joined);
        for (int i = 0; i < 300; i++) {
            putBlocks(on(0), source(i));
        }
        int joins = 0;
        AtomicBoolean stopped = new AtomicBoolean();
        CompletableFuture<Void> loss = CompletableFuture.runAsync(() -> {
            grid.stop(2);
            stopped.set(true);
        });
        Map<GridPath, FileStatus> confirmed = new HashMap<>();
        int after = 0;
        for (int i = 0; after < 200; i++) {
            after += stopped.get() ? 1 : 0;
            if (i % 2 == 0 && joins < 300) {
                joinOnce(on(i / 2 % 2).fileMetadata(), joined, source(joins));
                joins++;
            }
            GridPath path = GridPath.parse("/loss/d" + i % 20 + "/f" + i);
            PutOptions once = OPTIONS.operation(new OperationId("loss-" + i));
            for (boolean answered = false; !answered; ) {
                try {
                    confirmed.put(path, on(i % 2).fileMetadata().putInline(path, once, new byte[] {1}));
                    answered = true;
                } catch (GridException e) {
                    assertThat(e.kind()).as(e.toString()).isIn(ErrorKind.RETRY, ErrorKind.UNKNOWN);
                }
            }
        }
        loss.get();

        confirmed.forEach((path, status) -> {
            assertThat(on(0).files().stat(path)).isEqualTo(status);
            assertThat(on(1).files().stat(path)).isEqualTo(status);
        });
        FileLayout layout = on(1).fileMetadata().layout(joined);
        assertThat(layout.lengthBytes()).isEqualTo(1000L * (joins + 1));
        assertThat(layout.blocks().stream().map(BlockRecord::id).distinct()).hasSize(joins + 1);
        for (int i = 0; i < 300; i++) {
            assertThat(on(i % 2).files().find(source(i)).isPresent()).isEqualTo(i >= joins);
        }
        List<FileStatus> listed = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            listed.addAll(on(i % 2)
                    .files()
                    .list(GridPath.parse("/loss/d" + i), null, 10_000)
                    .entries());
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(confirmed.values());
    }

    @Test
    @Order(6)
    void doesNotConfirmAChangeWithoutAMajorityAfterwards() {
        Ignite ignite = grid.first().ignite();
        TestNodes nodes = new TestNodes("n1", NAMES);
        Runner runner = new Runner(ignite, nodes);
        long before = ignite.cluster().topologyVersion();

        Expect.error(
                ErrorCode.UNKNOWN_OUTCOME,
                "the change may have been applied",
                () -> runner.changeHere(tables -> {
                    grid.stop(1);
                    await().until(() -> ignite.cluster().topologyVersion() > before);
                    nodes.quorum(false);
                    return 1;
                }));
    }
}
