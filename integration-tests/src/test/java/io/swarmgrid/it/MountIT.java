package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.QuotaChange;
import io.swarmgrid.client.wire.QuotaListing;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.mount.MountTable;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grid that is mounted is a directory like any other, and whoever dies: what was closed stays. */
class MountIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STEPS = 250;
    private static final int LATEST_STEPS = 60;
    private static final int LARGE_BYTES = 70 << 20; // more than a mount keeps of a file that it has sent
    private static final int BLOCK_BYTES = 4096;

    private final long seed = Long.getLong("swarm.test.seed", System.nanoTime());

    @TempDir
    private Path directory;

    private Path place;
    private Swarm swarm;

    @BeforeEach
    void findFuse() throws IOException {
        MountPlaces.requireFuse();
        place = Files.createDirectory(directory.toRealPath().resolve("grid here"));
        swarm = new Swarm(directory);
    }

    @AfterEach
    void unmount() throws Exception {
        MountPlaces.leave(place == null ? List.of() : List.of(place));
    }

    @Test
    void isADirectoryLikeAnyOther() throws Exception {
        try (LocalGrid grid = start();
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            swarm = swarm.on(grid.addresses());
            mount().succeeds();
            mount().exits(4);
            Map<String, Object> twin = answersAsALocalDirectoryDoes();
            keepsFewFilesApartThatAreOpenManyTimes();
            byte[] large = keepsLargeFiles(client);
            remount(); // so that no page of it is in the kernel
            assertThat(TwinTrees.survey(place.resolve("twin")))
                    .as("mounted again, seed %s", seed)
                    .isEqualTo(twin);
            readsAnyPlaceOf(large);
            aCompilerAndGitWorkInIt();
            theCommandsOfAShellWorkInIt(client);
            aTreeIsMovedIntoAQuotaByCopyingIt(client);
            whatIsOpenIsWrittenBackWhenTheProcessIsToldToEnd(client);
            aReadOnlyMountTakesNothing();
            staysWholeWhoeverIsKilled(grid, client);
        }
    }

    private static LocalGrid start(Path directory) throws InterruptedException {
        return LocalGrid.start(directory, 1, Map.of("metadata.durability", "process", "storage.durability", "process"));
    }

    private LocalGrid start() throws InterruptedException {
        return start(directory);
    }

    private Map<String, Object> answersAsALocalDirectoryDoes() throws Exception {
        Path local = Files.createDirectory(directory.resolve("local"));
        Path mounted = Files.createDirectory(place.resolve("twin"));
        try (TwinTrees trees = new TwinTrees(mounted, local, seed)) {
            run(trees);
        }
        Map<String, Object> expected = TwinTrees.survey(local);
        assertThat(TwinTrees.survey(mounted)).as("seed %s", seed).isEqualTo(expected);
        return expected;
    }

    private void keepsFewFilesApartThatAreOpenManyTimes() throws Exception {
        Path local = Files.createDirectory(directory.resolve("few"));
        Path mounted = Files.createDirectory(place.resolve("few"));
        try (TwinTrees trees = TwinTrees.crowded(mounted, local, seed)) {
            run(trees);
        }
        assertThat(TwinTrees.survey(mounted)).as("seed %s", seed).isEqualTo(TwinTrees.survey(local));
        shell(place, "rm -r few");
    }

    private void run(TwinTrees trees) throws Exception {
        Deque<String> latest = new ArrayDeque<>();
        try {
            for (int step = 0; step < STEPS; step++) {
                latest.add(step + ": " + trees.step());
                if (latest.size() > LATEST_STEPS) {
                    latest.remove();
                }
            }
        } catch (IOException | AssertionError e) {
            throw new AssertionError(
                    "replay with -Dswarm.test.seed=" + seed + ", after\n" + String.join("\n", latest), e);
        }
    }

    private Swarm.Result mount(String... options) throws Exception {
        return mount(swarm, options);
    }

    private Swarm.Result mount(Swarm on, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("mount", place.toString()));
        words.addAll(List.of("--log", directory.resolve("mount.log").toString()));
        words.addAll(List.of(options));
        return on.run(words.toArray(String[]::new));
    }

    private void remount() throws Exception {
        swarm.run("umount", place.toString()).succeeds();
        assertThat(place).isEmptyDirectory();
        mount().succeeds();
    }

    /** Written from front to back, changed in the middle, written on. */
    private byte[] keepsLargeFiles(GridClient client) throws Exception {
        byte[] content = new byte[LARGE_BYTES];
        new Random(seed).nextBytes(content);
        Path large = place.resolve("large");
        Files.write(large, content);
        assertThat(read(client, "/large")).isEqualTo(content);

        byte[] patch = "in the middle".getBytes(StandardCharsets.UTF_8);
        try (FileChannel file = FileChannel.open(large, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(patch), LARGE_BYTES / 2);
        }
        System.arraycopy(patch, 0, content, LARGE_BYTES / 2, patch.length);
        Files.write(large, patch, StandardOpenOption.APPEND);
        content = Arrays.copyOf(content, LARGE_BYTES + patch.length);
        System.arraycopy(patch, 0, content, LARGE_BYTES, patch.length);
        assertThat(read(client, "/large")).isEqualTo(content);

        return content;
    }

    private void readsAnyPlaceOf(byte[] content) throws Exception {
        Path large = place.resolve("large");
        Random random = new Random(seed);
        try (FileChannel file = FileChannel.open(large, StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            for (int i = 0; i < 500; i++) {
                int at = random.nextInt(content.length - BLOCK_BYTES);
                file.read(block.clear(), at);
                assertThat(block.flip()).as("at %s", at).isEqualTo(ByteBuffer.wrap(content, at, BLOCK_BYTES));
            }
        }
        Files.delete(large);
    }

    private static byte[] read(GridClient client, String path) {
        FileStatus status = client.action("fs.stat", Map.of("path", path), FileStatus.class);
        byte[] content = new byte[(int) status.sizeBytes()];
        try (FileInput input = FileInput.open(client, status)) {
            input.readAt(0, ByteBuffer.wrap(content));
        }
        return content;
    }

    private void aCompilerAndGitWorkInIt() throws Exception {
        Path source = Files.createDirectories(place.resolve("work/src"));
        for (int i = 0; i < 5; i++) {
            String next = i == 4 ? "" : "System.out.print(" + i + "); C" + (i + 1) + ".main(a);";
            Files.writeString(
                    source.resolve("C" + i + ".java"),
                    "class C" + i + " { static void main(String[] a) {" + next + "} }");
        }
        Path work = place.resolve("work");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        shell(
                work,
                java + "c -d out src/*.java && cd out && " + java + "c -version && ls C4.class && cd .. && rm -r out");
        shell(
                work,
                "git init -q -b main . && git config user.name n && git config user.email e@localhost && git add -A"
                        + " && git commit -qm first && git clone -q . ../clone && cd ../clone && git status --short"
                        + " && git log --oneline && git gc -q && git fsck && test -z \"$(git status --short)\"");
        shell(place, "rm -r work clone && mkdir -p a/b/c && cp -a a a2 && rm -r a a2 && df -h . && ls -la");
    }

    private void aTreeIsMovedIntoAQuotaByCopyingIt(GridClient client) throws Exception {
        shell(place, "mkdir -p tree/deep limited && echo 12345 > tree/deep/f");
        QuotaListing set;
        do {
            set = client.action("fs.set_quota", new QuotaChange("/limited", 100L, 3L), QuotaListing.class);
        } while (set.quotas().get(0).state() != QuotaState.ACTIVE);
        shell(place, "mv tree limited/ && test ! -e tree && test $(cat limited/tree/deep/f) = 12345");
        assertThat(client.action("fs.quota", new PathRequest("/limited"), QuotaListing.class)
                        .quotas()
                        .get(0)
                        .usedEntries())
                .isEqualTo(3);
        shell(place, "! touch limited/more 2> refusal && grep -q 'quota exceeded' refusal && rm -r limited refusal");
    }

    private void theCommandsOfAShellWorkInIt(GridClient client) throws Exception {
        byte[] content = new byte[5_000_000];
        new Random(seed).nextBytes(content);
        Path local = Files.write(directory.resolve("to copy"), content);
        shell(
                place,
                "cp '" + local + "' copied && cmp '" + local + "' copied && cp copied again && cmp copied again"
                        + " && cat copied again > joined && test $(stat -c %s joined) = 10000000"
                        + " && dd if=copied of=cut bs=1000 skip=1000 count=2000 status=none"
                        + " && dd if='" + local + "' bs=1000 skip=1000 count=2000 status=none | cmp - cut"
                        + " && dd if=/dev/zero of=again bs=1000 seek=10 count=1 conv=notrunc status=none"
                        + " && test $(stat -c %s again) = 5000000"
                        + " && touch -d @1000000000 copied && test $(stat -c %Y copied) = 1000000000"
                        + " && before=$(date +%s) && touch copied && test $(stat -c %Y copied) -ge $before"
                        + " && touch new && test -f new && test ! -s new");
        assertThat(read(client, "/copied")).isEqualTo(content);
        Arrays.fill(content, 10_000, 11_000, (byte) 0);
        assertThat(read(client, "/again")).isEqualTo(content);
        NodeStatus node =
                client.action("grid.status", Map.of(), GridStatus.class).nodes().get(0);
        assertThat(figures()[0]).as("df's size").isCloseTo(node.capacityBytes(), withinPercentage(1));
        // A node says now and then how much it has.
        Awaitility.await().atMost(PATIENCE).until(() -> figures()[1] >= 20_000_000);
        shell(place, "rm copied again joined cut new");
    }

    /** The size and what of it is used. */
    private long[] figures() throws Exception {
        String line = shell(place, "df -B1 --output=size,used . | tail -n 1").strip();
        return Arrays.stream(line.split("\\s+")).mapToLong(Long::parseLong).toArray();
    }

    private static String shell(Path where, String commands) throws Exception {
        Process process = new ProcessBuilder("bash", "-c", commands)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s%n%s", commands, said).isZero();
        return said;
    }

    private void whatIsOpenIsWrittenBackWhenTheProcessIsToldToEnd(GridClient client) throws Exception {
        byte[] first = new byte[3_000_000];
        new Random(seed).nextBytes(first);
        FileChannel file =
                FileChannel.open(place.resolve("open"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        file.write(ByteBuffer.wrap(first));
        Swarm.Result busy = swarm.run("umount", place.toString()).exits(4);
        assertThat(busy.err()).contains("cannot unmount", "fuser -vm");
        // The grid hears of what is in it only now: starting another process closes copies of what is open.
        FileChannel begun = FileChannel.open(
                place.resolve("begun"),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        begun.write(ByteBuffer.wrap("begun".getBytes(StandardCharsets.UTF_8)));
        ProcessHandle process = process();
        process.destroy();
        process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(read(client, "/open")).isEqualTo(first);
        assertThat(read(client, "/begun")).asString().isEqualTo("begun");
        assertThatThrownBy(begun::close).hasMessageContaining("not connected");
        assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
        assertThatThrownBy(file::close).hasMessageContaining("not connected");
        assertThat(place).isEmptyDirectory();
        swarm.run("umount", place.toString()).exits(3);
    }

    private ProcessHandle process() throws IOException {
        long pid = MountTable.at(place).orElseThrow().pid();
        return ProcessHandle.of(pid).orElseThrow();
    }

    private void aReadOnlyMountTakesNothing() throws Exception {
        mount("--read-only", "--path", "/twin").succeeds();
        assertThat(TwinTrees.survey(place)).isEqualTo(TwinTrees.survey(directory.resolve("local")));
        assertThatThrownBy(() -> Files.createDirectory(place.resolve("no"))).hasMessageContaining("Read-only");
        swarm.run("umount", place.toString()).succeeds();
    }

    private void staysWholeWhoeverIsKilled(LocalGrid grid, GridClient client) throws Exception {
        mount("--timeout", "5").succeeds();
        byte[] closed = new byte[1_000_000];
        new Random(seed).nextBytes(closed);
        Files.write(place.resolve("closed"), closed);

        NodeProcess node = grid.nodes().get(0);
        node.kill();
        assertThatThrownBy(() -> Files.writeString(place.resolve("while-down"), "x"))
                .as("an error in time, and no hanging")
                .isInstanceOf(IOException.class);
        node.start();
        node.awaitReady(PATIENCE);
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> Arrays.equals(Files.readAllBytes(place.resolve("closed")), closed));
        Files.writeString(place.resolve("after"), "written after the node came back");

        ProcessHandle process = process();
        process.destroyForcibly();
        process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThatThrownBy(() -> Files.readAllBytes(place.resolve("after"))).isInstanceOf(IOException.class);
        swarm.run("umount", place.toString()).succeeds();
        assertThat(read(client, "/closed")).isEqualTo(closed);
        assertThat(read(client, "/after")).asString().isEqualTo("written after the node came back");
    }

    /** The disk of its local copies is full long before {@code --spool-size} is reached. */
    @Test
    void saysThatItsDiskIsFullAndKeepsWhatItHas() throws Exception {
        Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        assumeTrue(uid.equals(0), "NOT TESTED: only root makes a small disk");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        shell(directory, "mount -t tmpfs -o size=4m none disk");
        try (LocalGrid grid = start()) {
            swarm = swarm.on(grid.addresses());
            mount("--spool", disk.toString()).succeeds();
            byte[] first = new byte[1 << 20];
            new Random(seed).nextBytes(first);
            Path gaps = place.resolve("gaps");
            Files.write(gaps, first);
            try (FileChannel file =
                    FileChannel.open(gaps, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(first));
                assertThatThrownBy(() -> {
                            for (long i = 2; i < 10; i++) {
                                file.write(ByteBuffer.allocate(1 << 20), i << 21); // not at its end
                            }
                        })
                        .hasMessageContaining("No space left on device");
                assertThat(Arrays.copyOf(Files.readAllBytes(gaps), first.length))
                        .isEqualTo(first);
            }
            assertThat(Arrays.copyOf(Files.readAllBytes(gaps), first.length)).isEqualTo(first);
            byte[] large = new byte[LARGE_BYTES];
            new Random(seed).nextBytes(large);
            Files.write(place.resolve("from front to back"), large);
            assertThat(Files.readAllBytes(place.resolve("from front to back"))).isEqualTo(large);
            swarm.run("umount", place.toString()).succeeds();
        } finally {
            shell(directory, "umount -l disk");
        }
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        Path missing = directory.resolve("missing");
        assertThat(swarm.run("mount", missing.toString()).exits(3).err())
                .contains("no such directory", "make it first");
        Path full = Files.createDirectory(directory.resolve("full"));
        Files.createFile(full.resolve("file"));
        assertThat(swarm.run("mount", full.toString()).exits(4).err()).contains("not empty");
        assertThat(swarm.run("umount", full.toString()).exits(3).err()).contains("no grid is mounted at");
        Swarm nowhere = swarm.on(List.of("127.0.0.1:1"));
        assertThat(mount(nowhere).exits(6).err()).contains("no node of the grid answers");
        assertThat(MountTable.at(place)).isEmpty();
    }
}
