package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.it.FaultyDoor.Fault;
import io.swarmgrid.mount.file.OpenFiles;
import io.swarmgrid.mount.file.SpoolSpace;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Operations;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Tree;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One file under two mounts, without a kernel, one of which does not hear all that the grid answers: nobody is told that something is stored
 * which is nowhere.
 */
class TwoMountsIT {
    private static final long SPOOL_BYTES = 64 << 20;
    private static final String SYNCED = "what was there";
    private static final String UNSYNCED = ", nearly";
    private static final Fault REFUSED = Fault.refused(ErrorCode.PERMISSION_DENIED);

    @TempDir
    private static Path directory;

    private static LocalGrid grid;
    private static FaultyDoor door;
    private static GridClient client;
    private static GridClient doubtful;

    private String home = "";
    private Side here;
    private Side there;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Map<String, String> quick = Map.of("metadata.durability", "process", "storage.durability", "process");
        grid = LocalGrid.start(directory, 1, quick);
        door = new FaultyDoor(grid.addresses().get(0));
        client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT);
        doubtful = GridClient.connect(List.of(door.address()), ClientOptions.DEFAULT.withRetries(0));
    }

    @AfterAll
    static void end() {
        doubtful.close();
        client.close();
        door.close();
        grid.close();
    }

    @BeforeEach
    void mount(TestInfo test) {
        home = "/" + test.getTestMethod().orElseThrow().getName() + System.nanoTime();
        FileStatus top = client.action("fs.mkdir", Map.of("path", home), FileStatus.class);
        here = new Side(doubtful, top);
        there = new Side(client, top);
    }

    @AfterEach
    void unmount() {
        here.files.close();
        there.files.close();
    }

    /** One mount. */
    private static final class Side {
        private final Tree tree;
        private final OpenFiles files;
        private final String home;

        Side(GridClient client, FileStatus top) {
            home = top.path();
            tree = new Tree(top);
            files = new OpenFiles(new Grid(client), tree, new SpoolSpace(directory, SPOOL_BYTES));
        }

        Open create(String name) {
            FileStatus made = files.create(home + "/" + name, "ann", "staff", 0644);
            Node node = tree.enter(tree.node(Operations.ROOT), name, made, System.nanoTime());
            return new Open(
                    files, node, files.created(node, made, System.nanoTime()).handle());
        }

        Open open(String name) {
            FileStatus found = client.action("fs.stat", Map.of("path", home + "/" + name), FileStatus.class);
            Node node = tree.enter(tree.node(Operations.ROOT), name, found, System.nanoTime());
            return new Open(files, node, files.open(node, true).handle());
        }
    }

    private record Open(OpenFiles files, Node node, long handle) {
        void write(long offset, String text) {
            files.write(handle, offset, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }

        void flush() {
            files.flush(handle);
        }

        void sync() {
            files.sync(handle);
        }

        void close() {
            flush();
            files.release(handle);
        }
    }

    private void make(String name, String text) {
        Open made = there.create(name);
        made.write(0, text);
        made.close();
    }

    private FileStatus status(String name) {
        return client.action("fs.stat", Map.of("path", home + "/" + name), FileStatus.class);
    }

    private String content(String name) {
        FileStatus status = status(name);
        ByteBuffer content = ByteBuffer.allocate((int) status.sizeBytes());
        try (FileInput input = FileInput.open(client, status)) {
            input.readAt(0, content);
        }
        return new String(content.array(), StandardCharsets.UTF_8);
    }

    private static void refuses(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    private static void fails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(GridException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void knowWhatTheyHaveStoredAlsoWhereTheNextQuestionIsNotAnswered() {
        make("f", "what was there");
        Open open = here.open("f");
        open.write(0, "W");
        door.next("fs.stat", Fault.NONE, REFUSED); // the one before it is stored, and the one behind
        open.sync();
        open.write(5, "W");
        open.close();

        assertThat(content("f")).isEqualTo("What Was there");
    }

    @Test
    void storeNothingInSilenceAfterAnAnswerWasLost() {
        make("f", "what was there");
        Open open = here.open("f");
        open.write(0, "W");
        door.next(FaultyDoor.PUT, Fault.LOST, REFUSED);
        fails(ErrorCode.UNKNOWN_OUTCOME, open::sync);
        assertThat(content("f")).isEqualTo("What was there");
        open.write(5, "W");

        refuses(Errno.ESTALE, open::sync);
        refuses(Errno.ESTALE, open::flush);
        open.files.release(open.handle);
        assertThat(here.files.unwritten()).isEmpty();
        assertThat(content("f")).isEqualTo("What was there");
    }

    @Test
    void storeWhatWasNotStoredWhenNoAnswerCame() {
        make("f", "what was there");
        Open open = here.open("f");
        open.write(0, "W");
        door.next(FaultyDoor.PUT, Fault.refused(ErrorCode.UNKNOWN_OUTCOME), REFUSED);
        fails(ErrorCode.UNKNOWN_OUTCOME, open::sync);
        open.write(5, "W");
        open.close();

        assertThat(content("f")).isEqualTo("What Was there");
    }

    @Test
    void areToldWhereTheOtherOneHasRewrittenTheFile() {
        make("f", "what was there");
        Open mine = here.open("f");
        Open other = there.open("f");
        mine.write(0, "W");
        other.write(5, "W");
        other.close();

        refuses(Errno.ESTALE, mine::flush);
        mine.close();

        assertThat(content("f")).isEqualTo("what Was there");
    }

    @Test
    void closeInPeaceWhatTheOtherOneHasRemoved() {
        make("f", "what was there");
        Open open = here.open("f");
        open.write(0, "W");
        client.action("fs.remove", Map.of("path", home + "/f"), Void.class);

        open.close();

        assertThat(here.files.unwritten()).isEmpty();
    }

    /** What a program does between a close that failed and the next one. */
    private enum Since {
        NOTHING("first"),
        APPENDED("first, second"),
        REWRITTEN("First");

        private final String content;

        Since(String content) {
            this.content = content;
        }
    }

    @ParameterizedTest
    @EnumSource(Since.class)
    void goOnWithAFewBytesWhoseAnswerWasLost(Since since) {
        Open open = begun(since);
        open.close();

        assertThat(content("f")).isEqualTo(since.content);
    }

    @ParameterizedTest
    @EnumSource(Since.class)
    void goOnWithAFewBytesThatTheGridRemembersNoMore(Since since) {
        Open open = begun(since);
        door.next("fs.fill", Fault.refused(ErrorCode.PRECONDITION_FAILED));
        open.close();

        assertThat(content("f")).isEqualTo(since.content);
    }

    private Open begun(Since since) {
        Open open = here.create("f");
        open.write(0, "first");
        door.next("fs.fill", Fault.LOST);
        fails(ErrorCode.UNKNOWN_OUTCOME, open::sync);
        assertThat(content("f")).isEqualTo("first");
        switch (since) {
            case NOTHING -> {}
            case APPENDED -> open.write("first".length(), ", second");
            case REWRITTEN -> open.write(0, "F");
        }
        return open;
    }

    @Test
    void replaceNothingThatTheOtherOneHasAppendedBeforeARenameHere() {
        make("f", "what was there");
        Open mine = here.open("f");
        mine.write(0, "W");
        Open other = there.open("f");
        other.write("what was there".length(), ", and more");
        other.close();
        rename("f", "g");

        fails(ErrorCode.PRECONDITION_FAILED, mine::flush);
        mine.files.release(mine.handle);

        assertThat(content("g")).isEqualTo("what was there, and more");
    }

    @Test
    void replaceNothingThatTheOtherOneHasAppendedWhileTheWireWasCut() {
        Open mine = cutOff();
        Open other = there.open("f");
        other.write(SYNCED.length(), ", and more");
        other.close();
        mine.write(0, "W");

        refuses(Errno.ESTALE, mine::flush);
        mine.files.release(mine.handle);

        assertThat(content("f")).isEqualTo(SYNCED + ", and more");
    }

    @Test
    void replaceWhatTheGridClosedWhileTheWireWasCut() {
        Open mine = cutOff();
        mine.write(0, "W");
        mine.close();

        assertThat(content("f")).isEqualTo("W" + (SYNCED + UNSYNCED).substring(1));
    }

    /** A file that was being written on when the wire was cut; the grid has closed it since. */
    private Open cutOff() {
        Open open = here.create("f");
        open.write(0, "what ");
        open.sync();
        open.write("what ".length(), SYNCED.substring("what ".length()));
        open.sync();
        open.write(SYNCED.length(), UNSYNCED);
        door.next(FaultyDoor.PUT, REFUSED, REFUSED); // it would go on with it, and then put it as a whole
        door.cutPuts();
        fails(ErrorCode.PERMISSION_DENIED, open::sync);
        await().until(() -> "sealed".equals(status("f").state()));
        assertThat(content("f")).isEqualTo(SYNCED);
        return open;
    }

    /** Which counts the version up beyond that of what was replaced. */
    @Test
    void replaceWhatWasRenamedOverAnotherHere() {
        for (int version = 0; version < 3; version++) {
            make("g" + version, "another's");
            client.action(
                    "fs.rename",
                    Map.of("from", home + "/g" + version, "to", home + "/g", "overwrite", true),
                    FileStatus.class);
        }
        Open mine = here.create("f");
        mine.write(0, "what was there");
        mine.sync();
        mine.write("what was there".length(), "!");
        mine.flush();
        mine.write(0, "W");
        rename("f", "g");
        mine.close();

        assertThat(content("g")).isEqualTo("What was there!");
    }

    /** As the mount has it done for its kernel. */
    private void rename(String from, String to) {
        Node root = here.tree.node(Operations.ROOT);
        Node node = Objects.requireNonNull(here.tree.at(root, from));
        Map<String, Object> how = Map.of("from", home + "/" + from, "to", home + "/" + to, "overwrite", true);
        FileStatus moved = client.action("fs.rename", how, FileStatus.class);
        here.tree.renamed(root, from, root, to);
        Objects.requireNonNull(here.files.find(node)).renamed(moved);
    }
}
