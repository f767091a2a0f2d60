package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.hadoop.Swarm;
import io.swarmgrid.node.local.LocalGrid;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.HandleOpt;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathHandle;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Hadoop's contract does not ask, of three nodes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HadoopFilesIT {
    private static final URI GRID = URI.create("swarm://three/");
    private static final int LARGE_BYTES = 20_000_000;

    private final Configuration configuration = new Configuration();
    private LocalGrid grid;
    private FileSystem files;
    private String pasted;

    @BeforeAll
    void start(@TempDir java.nio.file.Path directory) throws Exception {
        grid = LocalGrid.start(directory, 3, Map.of("storage.block-size", "8MiB"));
        configuration.set("fs.swarm.three.addresses", String.join(",", grid.addresses()));
        configuration.set("fs.AbstractFileSystem.swarm.impl", Swarm.class.getName());
        configuration.set("fs.defaultFS", GRID.toString());
        pasted = ProgramRun.hdfsEnv(grid.addresses().get(1), List.of());
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
    void showsWhereBlocksReallyLieAndReadsOnWhereANodeIsLost() throws Exception {
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(3).nextBytes(bytes);
        Path path = new Path("/large");
        try (FSDataOutputStream out = files.create(path)) {
            out.write(bytes);
            assertThat(files.getFileStatus(path).getLen())
                    .as("before it is closed")
                    .isZero();
        }
        FileStatus status = files.getFileStatus(path);

        BlockLocation[] blocks = files.getFileBlockLocations(status, 0, status.getLen());

        assertThat(blocks).hasSize(3);
        assertThat(blocks).allSatisfy(block -> {
            assertThat(block.getHosts()).containsExactly("127.0.0.1", "127.0.0.1");
            assertThat(block.getNames()).hasSize(2).isSubsetOf(grid.addresses());
        });
        assertThat(Arrays.stream(blocks).mapToLong(BlockLocation::getOffset)).containsExactly(0L, 8L << 20, 16L << 20);
        assertThat(files.getFileBlockLocations(status, 8 << 20, 1)).hasSize(1);

        byte[] read = new byte[LARGE_BYTES];
        try (FSDataInputStream in = files.open(path)) {
            in.readFully(read, 0, 1_000_000);
            grid.nodes().get(0).kill(); // the first address, so the one that answers
            in.readFully(read, 1_000_000, LARGE_BYTES - 1_000_000);
            byte[] middle = new byte[1000];
            in.readFully(9_000_000, middle);
            assertThat(middle).isEqualTo(Arrays.copyOfRange(bytes, 9_000_000, 9_001_000));
        } finally {
            grid.nodes().get(0).start();
            grid.nodes().get(0).awaitReady(java.time.Duration.ofSeconds(60));
        }
        assertThat(read).isEqualTo(bytes);
    }

    @Test
    void readsTheFileThatWasOpenedAlsoAfterARename() throws IOException {
        write("/opened", "the first one, kept open");
        try (FSDataInputStream in = files.open(new Path("/opened"))) {
            assertThat(files.rename(new Path("/opened"), new Path("/moved"))).isTrue();
            write("/opened", "another");
            byte[] read = in.readAllBytes();
            assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo("the first one, kept open");
        }
    }

    @Test
    void givesTheHandleOfAFileOfEachList() throws IOException {
        write("/handles/f", "the one that is listed");
        Path directory = new Path("/handles");
        List<FileStatus> listed = List.of(
                files.listStatus(directory)[0],
                files.listLocatedStatus(directory).next(),
                files.listFiles(directory, true).next());
        assertThat(files.rename(new Path("/handles/f"), new Path("/handles/moved")))
                .isTrue();
        for (FileStatus status : listed) {
            PathHandle handle = files.getPathHandle(status, HandleOpt.moved(true), HandleOpt.changed(false));
            try (FSDataInputStream in = files.open(handle)) {
                assertThat(in.readAllBytes()).asString().isEqualTo("the one that is listed");
            }
        }
    }

    @Test
    void renamesByFileContextAsTheSpecificationHasIt() throws IOException {
        FileContext context = FileContext.getFileContext(GRID, configuration);
        write("/renames/a", "a");
        write("/renames/b", "b");
        write("/renames/full/c", "c");
        files.mkdirs(new Path("/renames/empty"));
        Path a = new Path("/renames/a");
        Path b = new Path("/renames/b");
        assertThatThrownBy(() -> context.rename(a, b)).isInstanceOf(FileAlreadyExistsException.class);
        context.rename(a, b, Rename.OVERWRITE);
        assertThat(read("/renames/b")).isEqualTo("a");
        assertThat(files.exists(a)).isFalse();
        Path full = new Path("/renames/full");
        Path empty = new Path("/renames/empty");
        assertThatThrownBy(() -> context.rename(empty, full, Rename.OVERWRITE))
                .isInstanceOf(PathIsNotEmptyDirectoryException.class);
        context.rename(full, empty, Rename.OVERWRITE);
        assertThat(read("/renames/empty/c")).isEqualTo("c");
    }

    @Test
    void appendsAndCutsAndShowsWhatIsFlushed() throws IOException {
        Path path = new Path("/appended");
        write("/appended", "one ");
        try (FSDataOutputStream out = files.append(path)) {
            assertThat(out.getPos()).isEqualTo(4);
            out.writeBytes("two ");
            out.hflush();
            assertThat(read("/appended")).isEqualTo("one two ");
            assertThatThrownBy(() -> files.append(path)).hasMessageContaining("somebody writes the file");
            assertThatThrownBy(() -> files.truncate(path, 1)).hasMessageContaining("somebody writes the file");
            out.writeBytes("three");
        }
        assertThat(read("/appended")).isEqualTo("one two three");
        assertThat(files.truncate(path, 6)).isTrue();
        assertThat(read("/appended")).isEqualTo("one tw");
        try (FSDataOutputStream out = files.append(path)) {
            out.writeBytes("enty");
            out.hsync();
        }
        assertThat(read("/appended")).isEqualTo("one twenty");
        assertThatThrownBy(() -> files.truncate(path, 11)).hasMessageContaining("cannot cut to 11 bytes");
    }

    @Test
    void declaresNoSyncOfWhatIsKeptInMemoryAlone() throws IOException {
        try (GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            for (String durability : List.of("memory", "process")) {
                String directory = "/kept-in-" + durability;
                client.action("fs.mkdir", Map.of("path", directory), Object.class);
                client.action(
                        "fs.set_attribute",
                        Map.of("path", directory, "name", "swarm.durability", "value", durability),
                        Object.class);
            }
        }
        Path inMemory = new Path("/kept-in-memory/below/file");
        Configuration ofWriter = new Configuration(configuration);
        ofWriter.set("fs.swarm.durability", "memory");

        try (FileSystem asking = FileSystem.newInstance(GRID, ofWriter);
                FSDataOutputStream byPath = files.create(inMemory);
                FSDataOutputStream byWriter = asking.create(new Path("/kept-in-process/in-memory"));
                FSDataOutputStream other = files.create(new Path("/kept-in-process/file"))) {
            assertThat(other.hasCapability(StreamCapabilities.HSYNC)).isTrue();
            other.hsync();
            for (FSDataOutputStream out : List.of(byPath, byWriter)) {
                assertThat(out.hasCapability(StreamCapabilities.HSYNC)).isFalse();
                assertThat(out.hasCapability("hflush")).isTrue();
                out.writeBytes("one ");
                assertThatThrownBy(out::hsync)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("durability memory");
                out.hflush();
                out.write("x".repeat(100_000).getBytes(StandardCharsets.UTF_8));
                out.hflush();
            }
            assertThat(files.getFileStatus(inMemory).getLen()).isEqualTo(100_004);
        }
        try (FSDataOutputStream out = files.append(inMemory)) {
            assertThat(out.hasCapability(StreamCapabilities.HSYNC)).isFalse();
            out.writeBytes(" three");
        }
        assertThat(read(inMemory.toString())).isEqualTo("one " + "x".repeat(100_000) + " three");
    }

    @Test
    void joinsFilesAndGoesOnWithThem() throws IOException {
        Path target = new Path("/joined/target");
        String large = "x".repeat(100_000);
        write("/joined/target", "one ");
        write("/joined/a", "two ");
        write("/joined/b", large);
        write("/elsewhere/c", " three");
        assertThat(files.hasPathCapability(target, CommonPathCapabilities.FS_CONCAT))
                .isTrue();
        Path[] sources = {new Path("/joined/a"), new Path("/joined/b"), new Path("/elsewhere/c")};
        try (FSDataOutputStream out = files.append(sources[1])) {
            assertThat(out.getPos()).isEqualTo(100_000);
            assertThatThrownBy(() -> files.concat(target, sources)).hasMessageContaining("somebody writes the file");
        }

        files.concat(target, sources);

        assertThat(read("/joined/target")).isEqualTo("one two " + large + " three");
        for (Path source : sources) {
            assertThat(files.exists(source)).as(source.toString()).isFalse();
        }
        try (FSDataOutputStream out = files.append(target)) {
            out.writeBytes(", four");
        }
        assertThat(files.truncate(target, 8 + 100_000 + 6 + 3)).isTrue();
        assertThat(read("/joined/target")).isEqualTo("one two " + large + " three, f");
        assertThatThrownBy(() -> files.concat(target, new Path[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> files.concat(target, new Path[] {target}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> files.concat(target, new Path[] {new Path("/joined/none")}))
                .isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void uploadsAFileInPartsThatNobodySeesBeforeAllAreThere() throws Exception {
        try (FileSystem elsewhere = FileSystem.newInstance(GRID, configuration)) {
            new Uploads(files).becomeOneFile(elsewhere);
        }
    }

    @Test
    void endsTheUploadsOfAFileAndThoseBelowADirectory() throws Exception {
        new Uploads(files).areEndedByPath();
    }

    @Test
    void keepsExtendedAttributes() throws IOException {
        write("/attributes", "x");
        Path path = new Path("/attributes");
        byte[] value = {0, 1, (byte) 0xff};
        files.setXAttr(path, "user.colour", value);
        assertThat(files.getXAttr(path, "user.colour")).isEqualTo(value);
        assertThat(files.listXAttrs(path)).containsExactly("user.colour");
        files.removeXAttr(path, "user.colour");
        assertThat(files.listXAttrs(path)).isEmpty();
        assertThatThrownBy(() -> files.getXAttr(path, "user.colour"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("user.colour");
    }

    @Test
    void keepsWhatIsSetOfAStatus() throws IOException {
        Path path = new Path("/status/f");
        FsPermission restricted = new FsPermission((short) 0640);
        try (FSDataOutputStream out = FileSystem.create(files, path, restricted)) {
            out.write(1);
        }
        assertThat(files.getFileStatus(path).getPermission()).isEqualTo(restricted);
        files.setOwner(path, "alice", "vision");
        files.setTimes(path, 1_000_000_000_000L, -1);
        files.setReplication(path, (short) 3);
        files.setPermission(path.getParent(), new FsPermission((short) 01777));
        FileStatus status = files.getFileStatus(path);
        assertThat(status.getOwner()).isEqualTo("alice");
        assertThat(status.getGroup()).isEqualTo("vision");
        assertThat(status.getModificationTime()).isEqualTo(1_000_000_000_000L);
        assertThat(status.getReplication()).isEqualTo((short) 3);
        assertThat(status.getPermission()).isEqualTo(restricted);
        assertThat(files.listStatus(new Path("/status"))[0].getGroup()).isEqualTo("vision");
        assertThat(files.getFileStatus(path.getParent()).getPermission()).hasToString("rwxrwxrwt");
    }

    @Test
    void countsEachCallOnceHoweverManyQuestionsItTakes() throws IOException {
        new CountedCalls(files).areCountedOnceHoweverManyQuestionsTheyTake();
    }

    @Test
    void countsEachCallByHadoopsNames() throws Exception {
        new CountedCalls(files).areToldByHadoopsNames();
    }

    @Test
    void keepsNamesAndFilesAsTheyAreInSafeModeAndWithinQuotas() throws Exception {
        Configuration third = new Configuration(configuration);
        third.set("fs.swarm.three.addresses", grid.addresses().get(2));
        try (FileSystem other = FileSystem.newInstance(GRID, third);
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            new SafeModeOfFiles(files, other, client).keepsNamesAndFilesAsTheyAre();
            new QuotasOfFiles(files, client).areKept();
        }
    }

    @Test
    void servesTheCommandsOfHadoopFs(@TempDir java.nio.file.Path scratch) throws Exception {
        new HadoopTools(configuration, files).useCommands(scratch);
    }

    @Test
    void keepsATrashForHadoopFs() throws Exception {
        new HadoopTools(configuration, files).useTrash();
    }

    @Test
    void isCopiedToAndFromByDistCp(@TempDir java.nio.file.Path scratch) throws Exception {
        new HadoopTools(configuration, files).copy(scratch);
    }

    @ParameterizedTest
    @CsvSource({"3.3.4, SwarmFileSystem", "3.4.1, SwarmFileSystem341", "3.5.0, SwarmFileSystem341"})
    void servesAProgramByOneJar(String hadoop, String found, @TempDir java.nio.file.Path scratch) throws Exception {
        ProgramRun run = new ProgramRun(
                        scratch, HadoopProgram.class, ProgramRun.laidReady(List.of("hadoop-" + hadoop, "logging")))
                .jvm(List.of("-Xmx256m"))
                .coreSite(pasted);

        assertThat(run.run(List.of("swarm://swarm/", found))).isEqualTo("Hadoop " + hadoop + "\n");
    }

    @Test
    void servesFlinksFileSystem(@TempDir java.nio.file.Path scratch) throws Exception {
        List<java.nio.file.Path> libraries = new ArrayList<>(ProgramRun.listed("flink-1.20"));
        libraries.addAll(ProgramRun.laidReady(List.of("hadoop-3.4.1", "logging")));

        String said = new ProgramRun(scratch, FlinkProgram.class, libraries)
                .jvm(List.of("-Xmx256m"))
                .coreSite(pasted)
                .run(List.of("swarm://swarm/flink"));

        assertThat(said.lines())
                .containsExactly(
                        "SwarmFileSystem341, distributed true",
                        "at 3000000",
                        "length 3000000, on hosts 2",
                        "read 1500000 true",
                        "refused",
                        "renamed true",
                        "lists [_metadata, state]",
                        "removed true, there false",
                        "Recoverable writers on Hadoop are only supported for HDFS");
    }

    private void write(String path, String text) throws IOException {
        try (FSDataOutputStream out = files.create(new Path(path))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private String read(String path) throws IOException {
        try (FSDataInputStream in = files.open(new Path(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
