package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.FileDownload;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.StatRequest;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A bucket, mounted into a grid of two processes, which have Hadoop where operators put it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3MountIT {
    private static final int PAGE = 256 << 10;
    private static final int PAGES = 12;
    private static final int LARGE = (PAGES - 1) * PAGE + 4711;
    private static final int READERS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Path> links = new ArrayList<>();
    private Path directory;
    private S3Server server;
    private LocalGrid grid;
    private GridClient client;
    private Swarm swarm;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        directory = folder.toRealPath();
        server = S3Server.start(directory, "S3MountIT");
        server.put("sets/readme", "hello\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Map<String, String> settings = Map.of(
                "storage.outer.allowed", "s3a://" + S3Server.BUCKET,
                "storage.outer.hadoop-conf", server.settings().toString(),
                "storage.outer.page-size", "256KiB",
                "storage.outer.status-ttl", "0s",
                "storage.outer.patience", "2s");
        grid = LocalGrid.start(directory.resolve("grid"), Collections.nCopies(2, hostWithHadoop(settings)));
        List<String> first = grid.addresses().subList(0, 1);
        client = GridClient.connect(first, ClientOptions.DEFAULT);
        swarm = new Swarm(directory).on(first);
        swarm.run("attach", "s3a://" + S3Server.BUCKET + "/sets", "/data/sets").succeeds();
    }

    @AfterAll
    void stop() throws IOException {
        if (client != null) {
            client.close();
        }
        if (grid != null) {
            grid.close();
        }
        if (server != null) {
            server.close();
        }
        for (Path link : links) {
            Files.delete(link);
        }
    }

    /** Of an installation of its own, so that no other node gets its jars. */
    private LocalGrid.Host hostWithHadoop(Map<String, String> settings) throws IOException {
        Path home = Files.createDirectory(directory.resolve("swarmgrid"));
        Path launcher = Path.of(System.getProperty("swarm.launcher")).toRealPath();
        Path dist = launcher.resolveSibling("grid-node").resolve("target").resolve("dist");
        Path own = Files.createDirectory(home.resolve("bin")).resolve("swarm");
        Files.copy(launcher, own);
        links.add(Files.createSymbolicLink(home.resolve("lib"), dist.resolve("lib")));
        Files.copy(dist.resolve("jvm.options"), home.resolve("jvm.options"));
        links.add(Files.createSymbolicLink(
                home.resolve("ext"), S3Server.jars().get(0).getParent()));
        // It starts twice: no archive of its classes is worth that.
        List<String> through =
                List.of("env", "XDG_CACHE_HOME=/dev/null", "sh", "-c", "shift; exec \"$0\" \"$@\"", own.toString());
        return new LocalGrid.Host("127.0.0.1", through, settings);
    }

    private byte[] write(String name, int length, int seed) throws Exception {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        server.put("sets/" + name, bytes);
        return bytes;
    }

    private FileStatus status(String name) {
        return client.action("fs.stat", new StatRequest("/data/sets/" + name, null), FileStatus.class);
    }

    private FileInput opened(String name) {
        return FileInput.open(client, status(name));
    }

    private static byte[] read(FileInput input, long from, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        input.readAt(from, bytes);
        return bytes.array();
    }

    private static GridException refusal(FileInput input, long from) {
        return catchThrowableOfType(GridException.class, () -> read(input, from, 10));
    }

    private List<String> pagesAsked(String name) throws IOException {
        return server.requests("GET", "sets/" + name).stream()
                .map(S3Server.Request::range)
                .toList();
    }

    @Test
    void theCommandLineReadsIt() throws Exception {
        byte[] large = write("train/part 1", LARGE, 1);
        assertThat(swarm.run("ls", "/data/sets").succeeds().out())
                .contains("readme")
                .contains("train");
        assertThat(swarm.run("stat", "/data/sets/train/part 1").succeeds().out())
                .contains(String.format(java.util.Locale.ROOT, "%,d bytes", LARGE));
        assertThat(swarm.run("cat", "/data/sets/readme").succeeds().out()).isEqualTo("hello\n");
        Path got = directory.resolve("got");
        swarm.run("get", "/data/sets/train/part 1", got.toString()).succeeds();
        assertThat(Arrays.mismatch(Files.readAllBytes(got), large)).isEqualTo(-1);
        assertThat(swarm.run("mounts").succeeds().out())
                .contains("/data/sets")
                .contains("s3a://" + S3Server.BUCKET + "/sets");
    }

    @Test
    void badAddressesAreRefusedAttached() throws Exception {
        assertThat(swarm.run("attach", "s3a://" + S3Server.BUCKET + "/nothing", "/none")
                        .exits(3)
                        .err())
                .contains("there is nothing at");
        assertThat(swarm.run("attach", "s3a://another/sets", "/none").exits(5).err())
                .contains("storage.outer.allowed");
        assertThat(swarm.run("attach", "s3a://" + S3Server.BUCKET + "/sets/readme", "/none")
                        .exits(1)
                        .err())
                .contains("no directory");
    }

    @Test
    void aHundredColdReadersThroughBothNodesHaveEachPageReadOnce() throws Exception {
        byte[] bytes = write("cold", LARGE, 2);
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        List<GridClient> clients = new ArrayList<>();
        try {
            for (String address : grid.addresses()) {
                clients.add(GridClient.connect(List.of(address), ClientOptions.DEFAULT));
            }
            CountDownLatch all = new CountDownLatch(READERS);
            List<Future<byte[]>> reads = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                GridClient through = clients.get(i % clients.size());
                reads.add(threads.submit(() -> {
                    all.countDown();
                    all.await();
                    try (FileInput input = FileInput.open(through, status("cold"))) {
                        return read(input, 0, LARGE);
                    }
                }));
            }
            for (Future<byte[]> read : reads) {
                assertThat(Arrays.mismatch(read.get(), bytes)).isEqualTo(-1);
            }
        } finally {
            threads.shutdownNow();
            clients.forEach(GridClient::close);
        }
        assertThat(pagesAsked("cold"))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, PAGES)
                        .mapToObj(page -> "bytes=" + page * PAGE + "-" + (Math.min(LARGE, (page + 1) * PAGE) - 1))
                        .toList());
    }

    @Test
    void aSmallReadTakesOnePage() throws Exception {
        byte[] bytes = write("small reads", LARGE, 3);
        try (FileInput input = opened("small reads")) {
            int from = 5 * PAGE + 1000;
            assertThat(read(input, from, 4096)).isEqualTo(Arrays.copyOfRange(bytes, from, from + 4096));
            read(input, from + 8192, 4096);
        }
        assertThat(pagesAsked("small reads")).containsExactly("bytes=" + 5 * PAGE + "-" + (6 * PAGE - 1));
    }

    @Test
    void anObjectThatIsReplacedIsNoticedWithinARead() throws Exception {
        byte[] before = write("replaced", LARGE, 4);
        try (FileInput input = opened("replaced")) {
            assertThat(read(input, 0, 10)).isEqualTo(Arrays.copyOf(before, 10));
            // As long, and within the same second.
            byte[] after = write("replaced", LARGE, 5);
            GridException error = refusal(input, 9L * PAGE);
            assertThat(error.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
            assertThat(error).hasMessageContaining("was changed in the outer store");
            try (FileInput anew = opened("replaced")) {
                assertThat(Arrays.mismatch(read(anew, 0, LARGE), after)).isEqualTo(-1);
            }
        }
    }

    @Test
    void anObjectThatVanishesIsNoticedWithinARead() throws Exception {
        write("vanishing", LARGE, 6);
        try (FileInput input = opened("vanishing")) {
            read(input, 0, 10);
            server.delete("sets/vanishing");
            assertThat(refusal(input, 9L * PAGE).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
        GridException gone = catchThrowableOfType(GridException.class, () -> status("vanishing"));
        assertThat(gone.code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void whatIsNearIsServedWhileTheServerIsDownAndAllOnceItIsBack() throws Exception {
        byte[] bytes = write("kept", LARGE, 7);
        swarm.run("ls", "/data/sets").succeeds();
        try (FileInput input = opened("kept")) {
            read(input, 2L * PAGE, PAGE);
            server.shut();
            try (FileInput another = opened("kept")) {
                assertThat(read(another, 2L * PAGE, PAGE)).isEqualTo(Arrays.copyOfRange(bytes, 2 * PAGE, 3 * PAGE));
                GridException error = catchThrowableOfType(GridException.class, () -> readOnce("kept", 8L * PAGE));
                assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(error)
                        .hasMessageContaining("uri=s3a://" + S3Server.BUCKET + "/sets")
                        .hasMessageContaining("attempts=")
                        .hasMessageContaining("since=");
                assertThat(swarm.run("ls", "/data/sets").succeeds().out()).contains("readme");
            } finally {
                server.open();
            }
            Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                            read(input, 8L * PAGE, 10))
                    .isEqualTo(Arrays.copyOfRange(bytes, 8 * PAGE, 8 * PAGE + 10)));
        }
        write("new", 10, 8);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        swarm.run("ls", "/data/sets").succeeds().out())
                .contains("new"));
    }

    /** Without what a client does where a node has an error. */
    private void readOnce(String name, long from) {
        FileRead some = new FileRead("/data/sets/" + name, from, 10L);
        try (FileDownload download =
                client.bytes().read("grpc://" + grid.addresses().get(0), client.newHeaders(), some, PATIENCE)) {
            for (ByteBuf bytes = download.next(); bytes != null; bytes = download.next()) {
                bytes.release();
            }
        }
    }
}
