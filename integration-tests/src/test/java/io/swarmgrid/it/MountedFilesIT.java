package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.file.OpenFiles;
import io.swarmgrid.mount.file.SpoolSpace;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Operations;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Tree;
import io.swarmgrid.node.local.LocalGrid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as a mount has them open, over a real grid and without a kernel: what others do meanwhile comes exactly when it is to. */
class MountedFilesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SPOOL_BYTES = 64 << 20;
    private static final int ROUNDS = 100;
    private static final int MANY = 40;
    private static final int LATER_VERSION = 9;
    /** Kept in the metadata; in blocks; and sent before the end. */
    private static final int SMALL = 100;

    private static final int LARGE = 100_000;
    private static final int LARGER = 9 << 20;

    private final long seed = Long.getLong("swarm.test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    private static Path directory;

    private static LocalGrid grid;
    private static GridClient client;

    private static int homes;

    private String home = "";
    private Tree tree;
    private Grid through;
    private OpenFiles files;

    @BeforeAll
    static void start() throws InterruptedException {
        Map<String, String> quick = Map.of("metadata.durability", "process", "storage.durability", "process");
        grid = LocalGrid.start(directory, 1, quick);
        client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT);
    }

    @AfterAll
    static void end() {
        client.close();
        grid.close();
    }

    @BeforeEach
    void mount(TestInfo test) {
        home = "/" + test.getTestMethod().orElseThrow().getName() + homes++;
        tree = new Tree(client.action("fs.mkdir", Map.of("path", home), FileStatus.class));
        through = new Grid(client);
        files = new OpenFiles(through, tree, new SpoolSpace(directory, SPOOL_BYTES));
    }

    @AfterEach
    void unmount() {
        files.close();
    }

    private record Open(Node node, long handle) {}

    /** As the kernel has it done for O_CREAT. */
    private Open create(String name) {
        FileStatus made = files.create(home + "/" + name, "ann", "staff", 0644);
        Node node = tree.enter(tree.node(Operations.ROOT), name, made, System.nanoTime());
        return new Open(node, files.created(node, made, System.nanoTime()).handle());
    }

    private Open open(String name) {
        FileStatus found = stat(name);
        Node node = tree.enter(tree.node(Operations.ROOT), name, found, System.nanoTime());
        return new Open(node, files.open(node, true).handle());
    }

    private void close(Open open) {
        files.flush(open.handle());
        files.release(open.handle());
    }

    private byte[] write(Open open, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int at = 0; at < length; at += 128 << 10) {
            files.write(open.handle(), at, ByteBuffer.wrap(bytes, at, Math.min(128 << 10, length - at)));
        }
        return bytes;
    }

    private FileStatus stat(String name) {
        return client.action("fs.stat", Map.of("path", home + "/" + name), FileStatus.class);
    }

    private byte[] content(String name) {
        FileStatus status = stat(name);
        assertThat(status.state()).isEqualTo("sealed");
        byte[] content = new byte[(int) status.sizeBytes()];
        try (FileInput input = FileInput.open(client, status)) {
            input.readAt(0, ByteBuffer.wrap(content));
        }
        return content;
    }

    /** Somebody else, elsewhere. */
    private void put(String name, String text) {
        try (FileOutput out = new FileOutput(client, new FilePut(home + "/" + name, true, null, null, null))) {
            out.write(ByteBuffer.wrap(bytes(text)));
            out.commit();
        }
    }

    private void rename(String from, String to) {
        Map<String, Object> how = Map.of("from", home + "/" + from, "to", home + "/" + to, "overwrite", true);
        client.action("fs.rename", how, FileStatus.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void areMadeForAllAndByOneAlone() throws Exception {
        Tree elsewhere = new Tree(client.action("fs.stat", Map.of("path", home), FileStatus.class));
        try (OpenFiles others = new OpenFiles(new Grid(client), elsewhere, new SpoolSpace(directory, SPOOL_BYTES))) {
            for (int round = 0; round < ROUNDS; round++) {
                String path = home + "/index.lock" + round;
                List<Callable<Boolean>> both = List.of(() -> makes(files, path), () -> makes(others, path));
                assertThat(atOnce(both)).as("round %s", round).containsExactlyInAnyOrder(true, false);
            }
        }
    }

    private static boolean makes(OpenFiles on, String path) {
        try {
            on.create(path, "ann", "staff", 0600);
            return true;
        } catch (GridException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE, LARGER})
    void goWithTheirFileWhereItWasRemovedAndAnotherMade(int length) {
        Open open = create("f");
        write(open, length);
        client.action("fs.remove", Map.of("path", home + "/f"), Void.class);
        put("f", "another's");

        refuses(Errno.ESTALE, () -> files.flush(open.handle()));
        close(open);

        assertThat(content("f")).asString().isEqualTo("another's");
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE, LARGER})
    void comeToTheirFileWhereverItWasMoved(int length) {
        Open open = create("f");
        byte[] bytes = write(open, length);
        rename("f", "g");
        put("f", "another's");

        close(open);

        assertThat(content("g")).isEqualTo(bytes);
        assertThat(content("f")).asString().isEqualTo("another's");
    }

    /** A rename over another file counts the version of what is moved up. */
    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE, LARGER})
    void comeToTheirFileThatReplacedAnotherOne(int length) {
        put("g", "first");
        put("g", "second");
        Open open = create("f");
        byte[] bytes = write(open, length);
        rename("f", "g");
        close(open);
        assertThat(content("g")).isEqualTo(bytes);

        Open again = open("g");
        for (int version = 1; version <= LATER_VERSION; version++) {
            put("h", "version " + version);
        }
        files.write(again.handle(), 1, ByteBuffer.wrap(bytes("!"))); // has it rewritten
        rename("g", "h");
        close(again);
        bytes[1] = '!';
        assertThat(content("h")).isEqualTo(bytes);
    }

    private static void refuses(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    @Test
    void replaceNothingThatSomebodyElseHasPutInTheirPlace() {
        put("f", "what was there");
        Open open = open("f");
        files.write(open.handle(), 0, ByteBuffer.wrap(bytes("W")));
        put("f", "what is there now");

        refuses(Errno.ESTALE, () -> files.flush(open.handle()));
        close(open);

        assertThat(content("f")).asString().isEqualTo("what is there now");
    }

    @Test
    void replaceNothingThatSomebodyElseHasWrittenOn() {
        put("f", "what was there");
        Open open = open("f");
        files.write(open.handle(), 0, ByteBuffer.wrap(bytes("W")));
        client.action("fs.truncate", Map.of("path", home + "/f", "size_bytes", 4), FileStatus.class);

        assertThatThrownBy(() -> files.flush(open.handle()))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessageContaining("somebody else");
        files.release(open.handle());

        assertThat(content("f")).asString().isEqualTo("what");
    }

    @Test
    void keepTheRightsAndAttributesOfWhatTheyRewrite() {
        put("f", "what was there");
        client.action(
                "fs.set_attribute", Map.of("path", home + "/f", "name", "color", "value", "blue"), FileStatus.class);
        FileStatus before = client.action(
                "fs.set_status",
                Map.of("path", home + "/f", "owner", "eve", "group", "vision", "permission", 0640),
                FileStatus.class);
        Open open = open("f");
        files.write(open.handle(), 0, ByteBuffer.wrap(bytes("W")));
        close(open);

        FileStatus now = stat("f");
        assertThat(content("f")).asString().isEqualTo("What was there");
        assertThat(List.of(now.owner(), now.group(), now.permission())).isEqualTo(List.of("eve", "vision", 0640));
        assertThat(now.attributes()).isEqualTo(before.attributes()).containsEntry("color", "blue");
        assertThat(open.node().fileId()).isEqualTo(now.id());
    }

    /** As touch gives it: the grid has no time before 1970. */
    @Test
    void areGivenFewBytesInOneStepAlsoAfterATimeWasRefused() {
        int most = through.mostAtOnce();
        Open open = create("f");
        byte[] bytes = write(open, SMALL);
        assertThat(Objects.requireNonNull(files.find(open.node())).modifiedAt(-1))
                .isTrue();
        assertThatThrownBy(() -> files.flush(open.handle()))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("modified_ms");
        files.release(open.handle());

        assertThat(content("f")).isEqualTo(bytes);
        assertThat(through.mostAtOnce()).isEqualTo(most);
    }

    @Test
    void cutNoOtherFile() {
        put("f", "what was there");
        Open open = open("f");
        put("f", "another's");
        refuses(Errno.ESTALE, () -> files.truncate(open.node(), 0));
        close(open);
        assertThat(content("f")).asString().isEqualTo("another's");
    }

    @Test
    void areClosedOnceWhereTheLastTwoOfTheirHandlesGoAtOnce() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String name = "f" + round;
            Open open = create(name);
            long second = files.open(open.node(), true).handle();
            byte[] bytes = write(open, SMALL);
            files.flush(second);
            files.write(open.handle(), SMALL, ByteBuffer.wrap(bytes)); // by nobody flushed before the end
            atOnce(List.of(() -> released(open.handle()), () -> released(second)));

            byte[] twice = Arrays.copyOf(bytes, 2 * SMALL);
            System.arraycopy(bytes, 0, twice, SMALL, SMALL);
            assertThat(content(name)).as("round %s", round).isEqualTo(twice);
            assertThat(files.find(open.node())).isNull();
        }
        assertThat(files.unwritten()).isEmpty();
    }

    private boolean released(long handle) {
        files.release(handle);
        return true;
    }

    @Test
    void areAllBroughtToTheGridAtTheEndAndThoseNamedThatCannotBe() throws Exception {
        List<Open> open = new ArrayList<>();
        List<byte[]> written = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            open.add(create("f" + i));
            written.add(write(open.get(i), i % 2 == 0 ? SMALL : LARGE));
        }
        fillElsewhere("f3");
        fillElsewhere("f8");
        files.release(open.get(8).handle()); // with nobody left to be told

        assertThat(files.writeBack(PATIENCE)).containsExactly(home + "/f3", home + "/f8");

        for (int i = 0; i < MANY; i++) {
            if (i == 3 || i == 8) {
                assertThat(content("f" + i)).asString().isEqualTo("elsewhere");
            } else {
                assertThat(content("f" + i)).isEqualTo(written.get(i));
            }
        }
        refuses(Errno.ESHUTDOWN, () -> create("late"));
    }

    /** Somebody else writes the very file. */
    private void fillElsewhere(String name) {
        Tree elsewhere = new Tree(client.action("fs.stat", Map.of("path", home), FileStatus.class));
        try (OpenFiles others = new OpenFiles(new Grid(client), elsewhere, new SpoolSpace(directory, SPOOL_BYTES))) {
            Node node = elsewhere.enter(elsewhere.node(Operations.ROOT), name, stat(name), System.nanoTime());
            long handle = others.open(node, true).handle();
            others.write(handle, 0, ByteBuffer.wrap(bytes("elsewhere")));
            others.flush(handle);
            others.release(handle);
        }
    }

    private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            CyclicBarrier start = new CyclicBarrier(calls.size());
            Collection<Callable<T>> all = IntStream.range(0, calls.size())
                    .<Callable<T>>mapToObj(i -> () -> {
                        start.await();
                        return calls.get(i).call();
                    })
                    .toList();
            List<T> answers = new ArrayList<>();
            for (Future<T> each : threads.invokeAll(all)) {
                answers.add(each.get());
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }
}
