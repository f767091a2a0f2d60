package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmgrid.node.local.JavaCommand;
import io.swarmgrid.node.local.LocalGrid;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mounts of one grid at several places, by several users, and with several nodes behind them. */
class MountsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LARGE_BYTES = 30_000_000;
    private static final int FIRST_BYTES = 20_000_000;
    private static final int MORE_THAN_MEMORY_MIB = 300;
    private static final Map<String, String> QUICK = Map.of(
            "metadata.durability", "process",
            "storage.durability", "process",
            "storage.block-size", "4MiB",
            "grid.failure-timeout", "2s");
    private static final int NAMES = 50;
    private static final int NOBODY = 65534;
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

    @TempDir
    private Path directory;

    private final List<Path> places = new ArrayList<>();

    @BeforeEach
    void findFuse() {
        MountPlaces.requireFuse();
    }

    @AfterEach
    void unmount() throws Exception {
        MountPlaces.leave(places);
    }

    @Test
    void showWhatOneHasClosedToTheOtherAndOutliveTheirNode() throws Exception {
        Path one = place("one");
        Path other = place("other");
        try (LocalGrid grid = LocalGrid.start(directory, 3, QUICK)) {
            List<String> nodes = grid.addresses();
            mount(one, List.of(nodes.get(0), nodes.get(2)));
            mount(other, List.of(nodes.get(1), nodes.get(2)));
            showWhatIsClosedToWhomeverOpensIt(one, other);
            makeEachNameForAllAtOnce(one, other);
            keepTheFileThatIsOpenApartFromOthers(one, other);
            takeWhatIsOpenAlong(one, other);
            goOnWhereTheirNodeIsLost(one, other, grid);
        }
    }

    private static void showWhatIsClosedToWhomeverOpensIt(Path one, Path other) throws IOException {
        Files.writeString(one.resolve("shared"), "first");
        assertThat(other.resolve("shared")).hasContent("first");
        Files.writeString(one.resolve("shared"), "other");
        assertThat(other.resolve("shared")).as("at once, of the same length").hasContent("other");
        Files.writeString(other.resolve("shared"), "back, and longer");
        eventually(() -> assertThat(one.resolve("shared")).hasContent("back, and longer"));
        Files.createDirectory(other.resolve("made"));
        Files.move(one.resolve("shared"), one.resolve("made/moved"));
        assertThat(other.resolve("made/moved")).hasContent("back, and longer");
        Awaitility.await().atMost(PATIENCE).until(() -> !Files.exists(other.resolve("shared")));
    }

    /** A length is believed for as long as other attributes are. */
    private static void eventually(ThrowingRunnable holds) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(holds);
    }

    /** As git locks its index, however it is opened. */
    private static void makeEachNameForAllAtOnce(Path one, Path other) throws IOException {
        try (FileChannel file = begin(one.resolve("locked"))) {
            assertThatThrownBy(() -> FileChannel.open(
                            other.resolve("locked"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
                    .isInstanceOf(FileAlreadyExistsException.class);
            file.write(ByteBuffer.wrap(bytes("first")));
            assertThat(other.resolve("locked")).isEmptyFile();
        }
        eventually(() -> assertThat(other.resolve("locked")).hasContent("first"));
        int won = 0;
        for (int i = 0; i < NAMES; i++) {
            Path name = Path.of("lock" + i);
            List<Path> both = i % 2 == 0 ? List.of(one, other) : List.of(other, one);
            List<CompletableFuture<Boolean>> tries = both.stream()
                    .map(place -> CompletableFuture.supplyAsync(() -> makes(place.resolve(name))))
                    .toList();
            won += (int) tries.stream().filter(CompletableFuture::join).count();
        }
        assertThat(won).isEqualTo(NAMES);
    }

    private static boolean makes(Path file) {
        try {
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    .close();
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever comes to its path, from here or from elsewhere. */
    private static void keepTheFileThatIsOpenApartFromOthers(Path one, Path other) throws IOException {
        Path removed = one.resolve("removed");
        try (FileChannel file = begin(removed)) {
            file.write(ByteBuffer.wrap(bytes("never seen")));
            Files.delete(removed);
            Files.writeString(removed, "new");
            assertThat(read(file)).isEqualTo("never seen");
        }
        assertThat(other.resolve("removed")).hasContent("new");

        Path taken = one.resolve("taken");
        FileChannel lost = begin(taken);
        lost.write(ByteBuffer.wrap(bytes("never seen")));
        Files.delete(other.resolve("taken"));
        Files.writeString(other.resolve("taken"), "of the other");
        assertThat(read(lost)).isEqualTo("never seen");
        assertThatThrownBy(lost::close)
                .as("what was written is nowhere, and the program hears of it")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Stale file handle");
        eventually(() -> assertThat(taken).hasContent("of the other"));
        assertThat(other.resolve("taken")).hasContent("of the other");

        Path there = one.resolve("asked");
        Object inode;
        try (FileChannel file = begin(there)) {
            file.write(ByteBuffer.wrap(bytes("abc")));
            try (Stream<Path> entries = Files.list(one)) {
                assertThat(entries).contains(there);
            }
            assertThat(file.size()).isEqualTo(3);
            inode = Files.getAttribute(there, "unix:ino");
            file.force(true);
            eventually(() -> assertThat(other.resolve("asked")).hasContent("abc"));
        }
        assertThat(Files.getAttribute(there, "unix:ino")).isEqualTo(inode);
    }

    private static String read(FileChannel file) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(100);
        file.read(read, 0);
        return StandardCharsets.UTF_8.decode(read.flip()).toString();
    }

    /** Where it is renamed, its directory is, or that is to be removed. */
    private static void takeWhatIsOpenAlong(Path one, Path other) throws IOException {
        Files.createDirectory(one.resolve("before"));
        Files.writeString(one.resolve("replaced"), "old");
        Files.writeString(one.resolve("replaced"), "older");
        try (FileChannel below = begin(one.resolve("before/below"));
                FileChannel moved = begin(one.resolve("moving"));
                FileChannel far = begin(one.resolve("far"))) {
            below.write(ByteBuffer.wrap(bytes("below")));
            moved.write(ByteBuffer.wrap(bytes("moved")));
            far.write(ByteBuffer.wrap(bytes("far")));
            Files.move(one.resolve("before"), one.resolve("behind"));
            Files.move(one.resolve("moving"), one.resolve("replaced"), StandardCopyOption.ATOMIC_MOVE);
            Files.move(other.resolve("far"), other.resolve("further"));
        }
        assertThat(other.resolve("behind/below")).hasContent("below");
        assertThat(other.resolve("before")).doesNotExist();
        assertThat(other.resolve("replaced")).hasContent("moved");
        eventually(() -> assertThat(other.resolve("further")).hasContent("far"));
        assertThat(other.resolve("far")).doesNotExist();
        try (FileChannel file = begin(one.resolve("behind/second"))) {
            file.write(ByteBuffer.wrap(bytes("second")));
            Files.delete(one.resolve("behind/below"));
            assertThatThrownBy(() -> Files.delete(one.resolve("behind")))
                    .isInstanceOf(DirectoryNotEmptyException.class);
        }
        Files.delete(one.resolve("behind/second"));
        Files.delete(one.resolve("behind"));
    }

    /** As {@code >} of a shell does. */
    private static FileChannel begin(Path file) throws IOException {
        return FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The node through which one reads and writes, while it does. */
    private static void goOnWhereTheirNodeIsLost(Path one, Path other, LocalGrid grid) throws Exception {
        byte[] content = new byte[LARGE_BYTES];
        new Random(31).nextBytes(content);
        Files.write(one.resolve("large"), content);
        ByteBuffer read = ByteBuffer.allocate(LARGE_BYTES);
        ByteBuffer toWrite = ByteBuffer.wrap(content);
        try (FileChannel in = FileChannel.open(other.resolve("large"), StandardOpenOption.READ);
                FileChannel out = FileChannel.open(
                        other.resolve("written"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            in.read(read.limit(1_000_000));
            write(out, toWrite.limit(FIRST_BYTES));

            grid.node("n2").kill();

            write(out, toWrite.limit(LARGE_BYTES));
            read.limit(LARGE_BYTES);
            while (read.hasRemaining()) {
                assertThat(in.read(read)).isPositive();
            }
        }
        assertThat(read.array()).isEqualTo(content);
        assertThat(Files.readAllBytes(one.resolve("written"))).isEqualTo(content);
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** What is read ahead, and what is written and not sent yet, is a bounded part of a file. */
    @Test
    void passOnFilesLargerThanTheirMemory() throws Exception {
        Path one = place("one");
        Path other = place("other");
        String options = System.getenv().getOrDefault("SWARM_JAVA_OPTS", "");
        byte[] piece = new byte[1 << 20];
        Random random = new Random(32);
        CRC32C written = new CRC32C();
        CRC32C read = new CRC32C();
        Map<String, String> overTheNetwork = new TreeMap<>(QUICK);
        overTheNetwork.put("storage.short-circuit", "false");
        try (LocalGrid grid = LocalGrid.start(directory, 1, overTheNetwork)) {
            Swarm swarm = new Swarm(directory)
                    .with("SWARM_JAVA_OPTS", options + " -Xmx48m -XX:MaxDirectMemorySize=112m")
                    .on(grid.addresses());
            mount(swarm, one);
            mount(swarm, other);
            try (OutputStream out = Files.newOutputStream(one.resolve("large"))) {
                for (int i = 0; i < MORE_THAN_MEMORY_MIB; i++) {
                    random.nextBytes(piece);
                    written.update(piece);
                    out.write(piece);
                }
            }
            try (InputStream in = Files.newInputStream(other.resolve("large"))) {
                for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                    read.update(piece, 0, count);
                }
            }
        }
        assertThat(read.getValue()).isEqualTo(written.getValue());
    }

    @Test
    void areMadeByOthersThanRoot() throws Exception {
        requireOthers();
        Path place = place("of nobody");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(place, "unix:uid", NOBODY);
        try (LocalGrid grid = LocalGrid.start(directory, 1, QUICK)) {
            asNobody(JavaCommand.swarm(List.of(
                    "mount", place.toString(), "--grid", grid.addresses().get(0))));
            asNobody(new ProcessBuilder(
                    "bash",
                    "-c",
                    "cd '" + place + "' && echo hello > f && test \"$(cat f)\" = hello && test -O f"
                            + " && dd if=/dev/zero of=g bs=1M count=20 status=none && test $(stat -c %s g) = 20971520"
                            + " && mkdir d && mv f d && rm -r d && df . | grep -q swarm"));
            asNobody(JavaCommand.swarm(List.of("umount", place.toString())));
            assertThat(place).isEmptyDirectory();
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            assertThat(swarm.run("ls", "/").succeeds().out()).contains("g");
        }
    }

    private static void requireOthers() throws Exception {
        Integer uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (uid != 0) {
            notTested("the other tests are not root's here, either");
        }
        Set<PosixFilePermission> device = Files.getPosixFilePermissions(Path.of("/dev/fuse"));
        if (!device.contains(PosixFilePermission.OTHERS_READ) || !device.contains(PosixFilePermission.OTHERS_WRITE)) {
            notTested("only root may open /dev/fuse: chmod 666 /dev/fuse, as distributions have it");
        }
        for (String program : List.of("setpriv", "fusermount3")) {
            if (!Files.isExecutable(Path.of("/usr/bin", program))) {
                notTested("no " + program + " here: apt-get install util-linux fuse3");
            }
        }
        ProcessBuilder launcher = JavaCommand.swarm(List.of("--version"));
        Ended version = run(launcher);
        if (version.exit() != 0) {
            notTested("another user may not run what is tested: " + launcher.command() + ": " + version.said());
        }
    }

    private static void notTested(String why) {
        assumeTrue(false, "NOT TESTED, there are no such mounts here: " + why);
    }

    private static void asNobody(ProcessBuilder command) throws Exception {
        Ended ended = run(command);
        assertThat(ended.exit()).as("%s%n%s", command.command(), ended.said()).isZero();
    }

    private record Ended(int exit, String said) {}

    private static Ended run(ProcessBuilder command) throws Exception {
        List<String> words = new ArrayList<>(AS_NOBODY);
        words.addAll(command.command());
        // Options of these tests may name files that are root's own.
        command.environment().remove("SWARM_JAVA_OPTS");
        // What goes to the background would keep a pipe open.
        Path said = Files.createTempFile("swarm-mounts-it", ".out");
        try {
            Process process = command.command(words)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(said.toFile())
                    .start();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            return new Ended(ended ? process.exitValue() : -1, Files.readString(said, StandardCharsets.UTF_8));
        } finally {
            Files.delete(said);
        }
    }

    private Path place(String name) throws IOException {
        Path place = Files.createDirectory(directory.toRealPath().resolve(name));
        places.add(place);
        return place;
    }

    private void mount(Path place, List<String> addresses) throws Exception {
        mount(new Swarm(directory).on(addresses), place);
    }

    private void mount(Swarm swarm, Path place) throws Exception {
        Path log = directory.resolve(place.getFileName() + ".log");
        swarm.run("mount", place.toString(), "--log", log.toString()).succeeds();
    }
}
