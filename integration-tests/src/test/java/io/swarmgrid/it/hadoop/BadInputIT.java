package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.hadoop.Swarm;
import io.swarmgrid.it.LastingWriters;
import io.swarmgrid.node.auth.Digests;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.security.AccessControlException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong by the fault of the caller, of the network or of a node, as a program sees it that uses Hadoop's calls. Three nodes
 * want a token, and lend and take no files in place, so that every byte goes over connections.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
    private static final URI GRID = URI.create("swarm://bad/");
    private static final String TOKEN = "opens-the-door";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LARGE_BYTES = 20_000_000;

    private final Configuration configuration = new Configuration();
    private LocalGrid grid;
    private FileSystem files;

    @BeforeAll
    void start(@TempDir java.nio.file.Path directory) throws Exception {
        java.nio.file.Path tokens = directory.resolve("tokens");
        String hash = HexFormat.of().formatHex(Digests.sha256(TOKEN));
        Files.writeString(tokens, "alice lab read,write,admin sha256:" + hash + "\n");
        Map<String, String> settings = new TreeMap<>(Map.of(
                "security.tokens-file", tokens.toString(),
                "storage.short-circuit", "false",
                "storage.block-size", "1MiB",
                "storage.lease-duration", "20s",
                "grid.failure-timeout", "2s"));
        grid = LocalGrid.start(directory, 3, settings);
        configuration.set("fs.swarm.bad.addresses", String.join(",", grid.addresses()));
        configuration.set("fs.swarm.bad.token", TOKEN);
        configuration.set("fs.AbstractFileSystem.swarm.impl", Swarm.class.getName());
    }

    @AfterAll
    void stop() {
        grid.close();
    }

    @BeforeEach
    void connect() throws IOException {
        files = FileSystem.newInstance(GRID, configuration);
    }

    @AfterEach
    void disconnect() throws IOException {
        files.close();
    }

    @Test
    void namesTheAddressesWhereNobodyAnswersWithinTheTimeThatIsConfigured() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String silentAddress = "127.0.0.1:" + silent.getLocalPort();
            Configuration nowhere = new Configuration();
            nowhere.set("fs.swarm.nowhere.addresses", "127.0.0.1:1," + silentAddress);
            nowhere.set("fs.swarm.connect-timeout", "1s");
            nowhere.set("fs.swarm.timeout", "3s");
            try (FileSystem missing = FileSystem.newInstance(URI.create("swarm://nowhere/"), nowhere)) {
                Path path = new Path("/a");
                for (ThrowingCallable call : List.<ThrowingCallable>of(
                        () -> missing.getFileStatus(path),
                        () -> missing.create(path),
                        () -> missing.open(path),
                        () -> missing.delete(path, true))) {
                    long beganNanos = System.nanoTime();
                    assertThatThrownBy(call)
                            .isInstanceOf(ConnectException.class)
                            .hasMessageContaining("no node of the grid answers")
                            .hasMessageMatching(".* 127\\.0\\.0\\.1:1: (connection refused|no connection); .*")
                            .hasMessageContaining(silentAddress + ": no connection within 1000 ms");
                    assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(3));
                }
            }
        }
    }

    @Test
    void tellsAWrongTokenAndAMissingOne() throws IOException {
        for (Map.Entry<String, String> each :
                Map.of("made-up", "unknown token", "", "no token").entrySet()) {
            Configuration other = new Configuration(configuration);
            other.set("fs.swarm.bad.token", each.getKey());
            try (FileSystem refused = FileSystem.newInstance(GRID, other)) {
                for (ThrowingCallable call : List.<ThrowingCallable>of(
                        () -> refused.getFileStatus(new Path("/")),
                        () -> refused.listStatus(new Path("/")),
                        () -> refused.create(new Path("/refused")),
                        () -> refused.delete(new Path("/refused"), false))) {
                    assertThatThrownBy(call)
                            .isInstanceOf(AccessControlException.class)
                            .hasMessageContaining("unauthenticated: " + each.getValue())
                            .hasMessageNotContaining("made-up");
                }
            }
        }
        assertThat(files.exists(new Path("/refused"))).isFalse();
    }

    @Test
    void refusesPathsOfAnotherSchemeOrAuthority() throws IOException {
        write("/mine", "mine");
        for (String other : List.of("hdfs://bad/mine", "swarm://other/mine", "file:/mine")) {
            Path path = new Path(other);
            Path mine = new Path("/mine");
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> files.getFileStatus(path),
                    () -> files.open(path),
                    () -> files.create(path),
                    () -> files.append(path),
                    () -> files.mkdirs(path),
                    () -> files.delete(path, true),
                    () -> files.listStatus(path),
                    () -> files.truncate(path, 0),
                    () -> files.concat(path, new Path[] {mine}),
                    () -> files.rename(mine, path),
                    () -> files.rename(path, mine))) {
                assertThatThrownBy(call)
                        .as(other)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("Wrong FS: " + other)
                        .hasMessageContaining("expected: swarm://bad");
            }
        }
        assertThat(read("/mine")).isEqualTo("mine");
    }

    /** {@code FileSystem.rename}: into a directory that is there, and over nothing. */
    @Test
    void renamesIntoADirectoryAndOverNone() throws IOException {
        write("/into/moved/a", "a");
        write("/into/full/kept", "kept");
        Path moved = new Path("/into/moved");
        Path full = new Path("/into/full");

        assertThat(files.rename(moved, full)).isTrue();

        assertThat(read("/into/full/moved/a")).isEqualTo("a");
        assertThat(read("/into/full/kept")).isEqualTo("kept");
        write("/into/moved/b", "b");
        assertThat(files.rename(moved, full)).as("/into/full/moved is there").isFalse();
        assertThat(files.rename(moved, new Path("/into/full/kept")))
                .as("a file is there")
                .isFalse();
        assertThat(files.rename(full, new Path("/into/full/moved")))
                .as("into itself")
                .isFalse();
        assertThat(files.rename(new Path("/into/none"), full)).isFalse();
        assertThat(read("/into/moved/b")).isEqualTo("b");
        assertThat(read("/into/full/moved/a")).isEqualTo("a");
    }

    /** {@code FileContext.rename}: to that very name, and with OVERWRITE over an empty directory alone. */
    @Test
    void overwritesNoDirectoryThatHasSomething() throws IOException {
        FileContext context = FileContext.getFileContext(GRID, configuration);
        write("/over/moved/a", "a");
        write("/over/full/kept", "kept");
        write("/over/file", "file");
        Path moved = new Path("/over/moved");
        Path full = new Path("/over/full");
        Path file = new Path("/over/file");

        assertThatThrownBy(() -> context.rename(moved, full, Rename.OVERWRITE))
                .isInstanceOf(PathIsNotEmptyDirectoryException.class)
                .hasMessageContaining("/over/full': Directory is not empty");
        assertThatThrownBy(() -> context.rename(moved, full))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("exists already: /over/full");
        assertThatThrownBy(() -> context.rename(file, full, Rename.OVERWRITE))
                .isInstanceOf(PathIOException.class)
                .hasMessageContaining("cannot rename a file over a directory, or the reverse");
        assertThatThrownBy(() -> context.rename(moved, file, Rename.OVERWRITE)).isInstanceOf(PathIOException.class);

        assertThat(read("/over/moved/a")).isEqualTo("a");
        assertThat(read("/over/full/kept")).isEqualTo("kept");
        assertThat(read("/over/file")).isEqualTo("file");
    }

    @Test
    void neverRemovesOrMovesTheRoot() throws IOException {
        write("/below-the-root", "here");
        Path root = new Path("/");
        FileContext context = FileContext.getFileContext(GRID, configuration);

        assertThat(files.delete(root, true)).isFalse();
        assertThatThrownBy(() -> files.delete(root, false))
                .isInstanceOf(PathIsNotEmptyDirectoryException.class)
                .hasMessageContaining("/': Directory is not empty");
        assertThat(context.delete(root, true)).isFalse();
        assertThat(files.rename(root, new Path("/elsewhere"))).isFalse();
        assertThatThrownBy(() -> context.rename(root, new Path("/elsewhere"), Rename.OVERWRITE))
                .isInstanceOf(PathIOException.class)
                .hasMessageContaining("cannot rename the root, or to it");

        assertThat(read("/below-the-root")).isEqualTo("here");
    }

    @Test
    void takesNothingOnceAFileIsClosed() throws IOException {
        FSDataOutputStream out = files.create(new Path("/closed"));
        out.writeBytes("before");
        out.close();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> out.write(1), () -> out.write(new byte[10]), out::flush, out::hflush, out::hsync)) {
            assertThatThrownBy(call).isInstanceOf(IOException.class).hasMessageContaining("/closed: Stream is closed!");
        }
        out.close();
        assertThat(read("/closed")).isEqualTo("before");
        FSDataInputStream in = files.open(new Path("/closed"));
        in.close();
        assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("/closed: Stream is closed!");
    }

    @Test
    void refusesPlacesThatAFileDoesNotHave() throws IOException {
        write("/places", "0123456789");
        byte[] some = new byte[4];
        try (FSDataInputStream in = files.open(new Path("/places"))) {
            assertThatThrownBy(() -> in.seek(-1))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("Cannot seek to a negative offset: -1 in /places");
            assertThatThrownBy(() -> in.seek(11))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("Attempted to seek or read past the end of the file: 11 of 10 in /places");
            assertThatThrownBy(() -> in.read(-1, some, 0, 4)).isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> in.readFully(8, some))
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("End of file reached before reading fully.: 4 bytes at 8 of 10 in /places");
            assertThat(in.getPos()).as("where it was").isZero();
            in.seek(10);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(20, some, 0, 4)).isEqualTo(-1);
            in.seek(0);
            assertThat(in.read()).isEqualTo('0');
        }
    }

    /** A holder dies in the middle, of what is being read, and of what is being written: through other nodes both go on. */
    @Test
    void readsAndWritesOnWhereAHolderIsLost() throws Exception {
        byte[] bytes = random(LARGE_BYTES);
        NodeProcess holder = grid.nodes().get(0);
        try (FileSystem there = through(0)) {
            write(there, "/read-on", bytes);
        }
        Path written = new Path("/written-on");
        byte[] read = new byte[LARGE_BYTES];
        try (FileSystem second = through(1);
                FileSystem third = through(2);
                FSDataInputStream in = third.open(new Path("/read-on"));
                FSDataOutputStream out = second.create(written)) {
            in.readFully(read, 0, 1_000_000);
            out.write(bytes, 0, 8_000_000);
            out.hflush();
            assertThat(holders(written)).contains(holder.address());
            assertThat(holders(new Path("/read-on"))).contains(holder.address());

            holder.kill();

            in.readFully(read, 1_000_000, LARGE_BYTES - 1_000_000);
            out.write(bytes, 8_000_000, LARGE_BYTES - 8_000_000);
            out.hsync();
        } finally {
            holder.start();
            holder.awaitReady(PATIENCE);
        }
        assertThat(read).isEqualTo(bytes);
        assertThat(files.getFileStatus(written).getLen()).isEqualTo(LARGE_BYTES);
        try (FSDataInputStream in = files.open(written)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
    }

    /** The node dies that files are made, written, flushed and closed through: the writers go on at another one by themselves, also of what they do not keep. */
    @Test
    void writesOnWhereTheNodeIsLostThatItWritesThrough() throws Exception {
        long seed = System.nanoTime();
        NodeProcess node = grid.nodes().get(0);
        try (FileSystem writing = FileSystem.newInstance(GRID, configuration);
                LongStreams streams = new LongStreams(GRID.toString(), seed, configuration, writing);
                LastingWriters writers = new LastingWriters(seed, "/on", new HadoopFiles(writing, files))) {
            long killAt = new Random(seed).nextInt(10_000_000, 40_000_000);
            Awaitility.await("seed=" + seed)
                    .atMost(PATIENCE)
                    .until(() -> writers.bytes() >= killAt && streams.areWaiting());

            node.kill();

            streams.finish(files);
            writers.finish();
        } finally {
            node.start();
            node.awaitReady(PATIENCE);
        }
    }

    /** Its file closes by itself, with all that it was told is flushed; and others may write it then. */
    @Test
    void closesTheFileOfAClientThatWasKilled(@TempDir java.nio.file.Path scratch) throws Exception {
        List<String> others = grid.addresses().subList(1, 3);
        new KilledClient("swarm://bad/of-a-client", String.join(",", others), TOKEN).leavesAClosedFile(files, scratch);
    }

    private FileSystem through(int node) throws IOException {
        Configuration one = new Configuration(configuration);
        one.set("fs.swarm.bad.addresses", grid.addresses().get(node));
        return FileSystem.newInstance(GRID, one);
    }

    private List<String> holders(Path path) throws IOException {
        FileStatus status = files.getFileStatus(path);
        return Arrays.stream(files.getFileBlockLocations(status, 0, status.getLen()))
                .flatMap(block -> Arrays.stream(names(block)))
                .distinct()
                .toList();
    }

    private static String[] names(BlockLocation block) {
        try {
            return block.getNames();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(23).nextBytes(bytes);
        return bytes;
    }

    private void write(String path, String text) throws IOException {
        write(files, path, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(FileSystem by, String path, byte[] bytes) throws IOException {
        try (FSDataOutputStream out = by.create(new Path(path))) {
            out.write(bytes);
        }
    }

    private String read(String path) throws IOException {
        try (FSDataInputStream in = files.open(new Path(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
