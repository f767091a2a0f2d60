package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.RepairStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespaceCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private NamespaceDoor door;

    @BeforeEach
    void open() throws IOException {
        door = new NamespaceDoor()
                .put("/lake", EntryKind.DIRECTORY, 0)
                .put("/lake/a.bin", EntryKind.FILE, 1_500_000)
                .put("/lake/b.bin", EntryKind.FILE, 10)
                .put("/lake/flights", EntryKind.DATASET, 0)
                .put("/lake/sub", EntryKind.DIRECTORY, 0)
                .put("/lake/sub/c.bin", EntryKind.FILE, 10);
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void listsPageByPage() {
        assertThat(run("ls", "/lake")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).isEqualTo("a.bin\nb.bin\nflights/\nsub/\n");
    }

    @Test
    void listsWithDetails() {
        assertThat(run("ls", "-l", "/lake/a.bin")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).matches("file +x2 +local +1.50 MB +2023-11-1\\d \\d\\d:\\d\\d +a.bin\n");
    }

    @Test
    void listsWhatLiesBelow() {
        assertThat(run("ls", "-R", "/")).isEqualTo(ExitCode.OK);
        assertThat(text(out))
                .isEqualTo("/lake/\n/lake/a.bin\n/lake/b.bin\n/lake/flights/\n/lake/sub/\n/lake/sub/c.bin\n");
    }

    @Test
    void listsOneDocumentALineForMachines() {
        assertThat(run("ls", "/lake/sub", "--json")).isEqualTo(ExitCode.OK);
        assertThat(text(out))
                .startsWith("{\"path\":\"/lake/sub/c.bin\",\"kind\":\"file\",")
                .hasLineCount(1);
    }

    @Test
    void joinsFilesToTheFirstOfThem() {
        assertThat(run("concat", "/lake/a.bin", "/lake/b.bin", "/lake/sub/c.bin"))
                .isEqualTo(ExitCode.OK);
        assertThat(text(out)).isEqualTo("/lake/a.bin: 1.50 MB\n");
        assertThat(door.has("/lake/b.bin") || door.has("/lake/sub/c.bin")).isFalse();
        assertThat(run("concat", "/lake/a.bin")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).contains("Missing required parameter: 'SOURCE'");
    }

    @Test
    void tellsWhatRepairHasToDoAndHowLongThatTakes() {
        assertThat(run("grid", "repair")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).isEqualTo("""
                        repair: nothing to do, every block has its copies
                        copied so far: 0 blocks, 0 B; surplus copies: 0
                        """);
        out.reset();

        RepairStatus work =
                new RepairStatus(1_200, 7, 4, 600_000_000, 3, 30_000_000, 1_500, 1_200_000_000, 5_000_000, null);
        door.repair(work.estimated());
        assertThat(run("grid", "repair")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).isEqualTo("""
                        repair: 1,200 blocks lack copies (7 of them have none), 600 MB to copy, 5.00 MB/s
                        to move: 3 blocks that are safe, 30.0 MB
                        about 2 min 06 s left at 5.00 MB/s
                        copied so far: 1,500 blocks, 1.20 GB; surplus copies: 4
                        """);
    }

    @Test
    void suggestsThePathThatWasMeant() {
        assertThat(run("ls", "/lakee")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(text(err)).isEqualTo("not found: /lakee (did you mean /lake?)\n");
    }

    @Test
    void suggestsTheDirectoryThatWasMeantForWhatIsBelowIt() {
        assertThat(run("stat", "/lkae/a.bin")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(text(err)).isEqualTo("not found: /lkae/a.bin (did you mean /lake?)\n");
    }

    @Test
    void suggestsNothingWhereNothingIsNear() {
        assertThat(run("stat", "/zebra")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(text(err)).isEqualTo("not found: /zebra\n");
    }

    @Test
    void refusesABadPath() {
        assertThat(run("ls", "/a/../b")).isNotZero();
        assertThat(text(err)).hasLineCount(1);
    }

    @Test
    void movesIntoADirectoryThatIsThere() {
        assertThat(run("mv", "/lake/a.bin", "/lake/sub")).isEqualTo(ExitCode.OK);
        assertThat(door.has("/lake/sub/a.bin")).isTrue();
        assertThat(run("mv", "/lake/b.bin", "/lake/new.bin")).isEqualTo(ExitCode.OK);
        assertThat(door.has("/lake/new.bin")).isTrue();
    }

    @Test
    void removesAndForgivesOnlyWhereAsked() {
        assertThat(run("rm", "/lake/a.bin")).isEqualTo(ExitCode.OK);
        assertThat(run("rm", "-f", "/lake/a.bin")).isEqualTo(ExitCode.OK);
        assertThat(run("rm", "/lake/a.bin")).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void makesDirectories() {
        assertThat(run("mkdir", "-p", "/x/y")).isEqualTo(ExitCode.OK);
        assertThat(door.has("/x/y")).isTrue();
    }

    @Test
    void findsDatasets() {
        assertThat(run("dataset", "ls")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).isEqualTo("/lake/flights\n");
    }

    @Test
    void tellsWhoIsCalling() {
        assertThat(run("grid", "whoami")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).contains("alice").contains("vision").contains("read, write");
    }

    @Test
    void takesTheGridFromTheEnvironment() {
        int exit = Main.run(
                new String[] {"du", "/"},
                stream(out),
                stream(err),
                Map.of("SWARM_GRID", "127.0.0.1:1," + door.address()));

        assertThat(exit).isEqualTo(ExitCode.OK);
        assertThat(text(out)).contains("1.50 kB").contains("3.00 kB");
    }

    @Test
    void refusesATokenFileThatIsNotThere() {
        assertThat(run("ls", "/", "--token-file", "/no/such/file")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).startsWith("cannot read the token file /no/such/file");
    }

    @Test
    void putsNothingWhereTheLocalFileIsNotThere(@TempDir Path directory) throws IOException {
        Path missing = directory.resolve("model.bin");
        assertThat(run("put", missing.toString(), "/lake/")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(text(err)).isEqualTo("no such local file: " + missing + "\n");
        Files.createDirectory(missing);
        assertThat(run("put", missing.toString(), "/lake/")).isNotZero();
        assertThat(text(err)).contains("-r stores directories");
    }

    private int run(String... words) {
        return Main.run(words, stream(out), stream(err), Map.of("SWARM_GRID", door.address()));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
