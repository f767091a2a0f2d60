package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.StoredChecksum;
import io.swarmgrid.storage.mounted.MountedStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files of an outer store, read through the nodes of a grid. */
class OuterReadsTest extends OuterReads {
    private static final int READERS = 100;

    private static GridException refusal(FileReader reader, long from, int length) {
        return catchThrowableOfType(GridException.class, () -> reader.read(from, length));
    }

    @Test
    void readsWhatIsThere() {
        byte[] bytes = TestNodes.random(20 * PAGE + 12_345);
        outer.write("sets/a", bytes);
        for (MountedStore store : stores) {
            assertThat(readAll(store)).isEqualTo(bytes);
        }
        try (FileReader reader = open(0)) {
            assertThat(reader.layout().status().path()).isEqualTo(FILE);
            assertThat(reader.layout().status().id()).isNegative();
            assertThat(read(reader, 3L * PAGE - 5, 2 * PAGE + 10))
                    .isEqualTo(Arrays.copyOfRange(bytes, 3 * PAGE - 5, 5 * PAGE + 5));
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(bytes);
            assertThat(StoredChecksum.of(reader, bytes.length)).isEqualTo((int) crc.getValue());
        }
    }

    @Test
    void readsAnEmptyFile() {
        outer.write("sets/a", new byte[0]);
        assertThat(readAll(stores.get(1))).isEmpty();
        assertThat(outer.reads()).isEmpty();
    }

    @Test
    void aSmallReadTakesOnePageFromTheStore() {
        byte[] bytes = TestNodes.random(50 * PAGE);
        outer.write("sets/a", bytes);
        try (FileReader reader = open(0)) {
            int from = 17 * PAGE + 1000;
            assertThat(read(reader, from, 4096)).isEqualTo(Arrays.copyOfRange(bytes, from, from + 4096));
            assertThat(outer.reads()).containsExactly(17L * PAGE);
            assertThat(outer.readBytes()).isEqualTo(PAGE);
            read(reader, from + 4096, 4096);
            read(reader, 0, 10);
            assertThat(outer.reads()).containsExactlyInAnyOrder(17L * PAGE, 0L);
        }
    }

    @Test
    void aHundredColdReadersThroughThreeNodesHaveEachPageReadOnce() throws Exception {
        byte[] bytes = TestNodes.random(40 * PAGE + 7);
        outer.write("sets/a", bytes);
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            CountDownLatch all = new CountDownLatch(READERS);
            List<Future<byte[]>> reads = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                MountedStore store = stores.get(i % stores.size());
                reads.add(threads.submit(() -> {
                    all.countDown();
                    all.await();
                    return readAll(store);
                }));
            }
            for (Future<byte[]> read : reads) {
                assertThat(read.get()).isEqualTo(bytes);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(outer.reads())
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 41).map(page -> page * PAGE).boxed().toList());
        assertThat(outer.readBytes()).isEqualTo(bytes.length);
    }

    @Test
    void whatIsNearIsServedWhileTheStoreIsDown() {
        byte[] bytes = TestNodes.random(10 * PAGE);
        outer.write("sets/a", bytes);
        try (FileReader reader = open(0)) {
            read(reader, 2L * PAGE, PAGE);
        }
        outer.down(true);
        try (FileReader reader = open(0)) {
            assertThat(read(reader, 2L * PAGE, PAGE)).isEqualTo(Arrays.copyOfRange(bytes, 2 * PAGE, 3 * PAGE));
            GridException error = refusal(reader, 7L * PAGE, 10);
            assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(error)
                    .hasMessageContaining("uri=memory://outer")
                    .hasMessageContaining("attempts=")
                    .hasMessageContaining("since=");
        }
        outer.down(false);
    }

    @Test
    void goesOnOnceTheStoreIsBack() {
        byte[] bytes = TestNodes.random(4 * PAGE);
        outer.write("sets/a", bytes);
        try (FileReader reader = open(0)) {
            outer.down(true);
            assertThat(refusal(reader, 0, 10).code()).isEqualTo(ErrorCode.UNAVAILABLE);
            outer.down(false);
            org.awaitility.Awaitility.await().ignoreExceptions().untilAsserted(() -> assertThat(read(reader, 0, 10))
                    .isEqualTo(Arrays.copyOf(bytes, 10)));
        }
    }

    @Test
    void noticesThatTheFileIsChangedWhileItIsRead() {
        byte[] before = TestNodes.random(10 * PAGE);
        byte[] after = TestNodes.random(10 * PAGE + 1);
        outer.write("sets/a", before);
        try (FileReader reader = open(0)) {
            read(reader, 0, PAGE);
            outer.write("sets/a", after);
            GridException error = refusal(reader, 9L * PAGE, 10);
            assertThat(error.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
            assertThat(error).hasMessageContaining("was changed in the outer store");
            assertThat(read(reader, 0, PAGE))
                    .as("of the version that it has open")
                    .isEqualTo(Arrays.copyOf(before, PAGE));
        }
        for (MountedStore store : stores) {
            assertThat(readAll(store)).isEqualTo(after);
        }
    }

    @Test
    void noticesThatTheFileVanishedWhileItIsRead() {
        outer.write("sets/a", TestNodes.random(10 * PAGE));
        outer.write("sets/b", new byte[1]);
        try (FileReader reader = open(0)) {
            read(reader, 0, PAGE);
            outer.remove("sets/a");
            assertThat(refusal(reader, 9L * PAGE, 10).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
        GridException gone = catchThrowableOfType(GridException.class, () -> open(0));
        assertThat(gone.code()).isEqualTo(ErrorCode.NOT_FOUND);
        GridException directory = catchThrowableOfType(
                GridException.class, () -> stores.get(0).open(TestNode.context(), GridPath.parse("/data/x/sets")));
        assertThat(directory.code()).isEqualTo(ErrorCode.IS_A_DIRECTORY);
    }

    @Test
    void readsFromTheStoreWhereTheHomeOfAPageIsDead() {
        byte[] bytes = TestNodes.random(20 * PAGE);
        outer.write("sets/a", bytes);
        grid().get(2).stopAnswering();
        grid().get(3).stopAnswering();
        assertThat(readAll(stores.get(0))).isEqualTo(bytes);
    }

    @Test
    void readsFromTheStoreWhereTheHomeOfAPageSeesAnotherVersion() {
        byte[] bytes = TestNodes.random(20 * PAGE);
        outer.write("sets/a", bytes);
        outer.eachSeesItsOwnVersions();
        for (MountedStore store : stores) {
            assertThat(readAll(store)).isEqualTo(bytes);
        }
    }

    @Test
    void isReadByClientsAndIsOneFileToThemUntilItChanges() {
        byte[] before = TestNodes.random(30 * PAGE);
        outer.write("sets/a", before);
        List<String> locations = grid().all().stream().map(TestNode::location).toList();
        FileStatus status = status();
        try (GridClient client = GridClient.connect(locations, ClientOptions.DEFAULT);
                FileInput input = FileInput.open(client, status)) {
            ByteBuffer some = ByteBuffer.allocate(2 * PAGE);
            input.readAt(5L * PAGE + 3, some);
            assertThat(some.array()).isEqualTo(Arrays.copyOfRange(before, 5 * PAGE + 3, 7 * PAGE + 3));
            outer.write("sets/a", TestNodes.random(30 * PAGE + 5));
            GridException error =
                    catchThrowableOfType(GridException.class, () -> input.readAt(25L * PAGE, ByteBuffer.allocate(10)));
            assertThat(error.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        }
    }

    @Test
    void whatIsNearIsReadInPlaceWithoutAnyNode() {
        byte[] bytes = TestNodes.random(70 * PAGE + 5);
        outer.write("sets/a", bytes);
        try (GridClient client = GridClient.connect(List.of(grid().get(1).location()), ClientOptions.DEFAULT);
                FileInput input = FileInput.open(client, status())) {
            assertThat(drain(input)).isEqualTo(bytes);
            awaitNear(71);
            assertThat(drain(input)).isEqualTo(bytes);
            assertThat(input.isHere(70L * PAGE)).isTrue();
            grid().all().forEach(TestNode::kill);
            ByteBuffer some = ByteBuffer.allocate(30 * PAGE);
            input.readAt(40L * PAGE, some);
            assertThat(some.array()).isEqualTo(Arrays.copyOfRange(bytes, 40 * PAGE, 70 * PAGE));
        }
    }

    @Test
    void aDamagedPageThatWasLentIsBroughtAnew() throws IOException {
        byte[] bytes = TestNodes.random(10 * PAGE);
        outer.write("sets/a", bytes);
        assertThat(readAll(stores.get(0))).isEqualTo(bytes);
        awaitNear(10);
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> pages = files.filter(file -> file.toString().contains("/near/") && Files.isRegularFile(file))
                    .toList();
            assertThat(pages).hasSizeGreaterThanOrEqualTo(10);
            for (Path page : pages) {
                try (FileChannel file = FileChannel.open(page, StandardOpenOption.WRITE)) {
                    file.write(ByteBuffer.wrap(new byte[100]), 500);
                }
            }
        }
        try (GridClient client = GridClient.connect(List.of(grid().get(1).location()), ClientOptions.DEFAULT);
                FileInput input = FileInput.open(client, status())) {
            assertThat(input.isHere(0)).isTrue();
            assertThat(drain(input)).isEqualTo(bytes);
            awaitNear(10);
            assertThat(drain(input)).isEqualTo(bytes);
        }
    }

    @Test
    void nothingIsLentOfAVersionThatIsNoMore() {
        outer.write("sets/a", TestNodes.random(10 * PAGE));
        readAll(stores.get(0));
        awaitNear(10);
        FileStatus before = status();
        outer.write("sets/a", TestNodes.random(10 * PAGE));
        try (GridClient client = GridClient.connect(List.of(grid().get(1).location()), ClientOptions.DEFAULT);
                FileInput input = FileInput.open(client, before)) {
            assertThat(input.isHere(0)).isFalse();
        }
    }

    private FileStatus status() {
        try (FileReader reader = open(0)) {
            return reader.layout().status();
        }
    }

    private static byte[] drain(FileInput input) {
        ByteBuffer all = ByteBuffer.allocate((int) input.file().sizeBytes());
        input.seek(0);
        while (all.hasRemaining()) {
            input.read(all);
        }
        return all.array();
    }

    @Test
    void everyReadIsOfOneVersionWhateverIsDoneOutside() {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        System.out.println("OuterReadsTest: replay with -Dswarm.test.seed=" + seed);
        Random random = new Random(seed);
        byte[] content = TestNodes.random(8 * PAGE);
        outer.write("sets/a", content);
        for (int round = 0; round < 40; round++) {
            try (FileReader reader = open(random.nextInt(3))) {
                for (int i = 0; i < 5; i++) {
                    int from = random.nextInt(content.length);
                    int length = random.nextInt(content.length - from + 1);
                    assertThat(read(reader, from, length)).isEqualTo(Arrays.copyOfRange(content, from, from + length));
                }
            }
            if (random.nextBoolean()) {
                content = new byte[1 + random.nextInt(8 * PAGE)];
                random.nextBytes(content);
                outer.write("sets/a", content);
            }
        }
    }
}
