package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.node.local.LocalGrid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user types them, against a grid of three. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineIT {
    private static final Path FLIGHTS = Path.of("..", "data", "flights-200k.arrow");

    private Path directory;
    private LocalGrid grid;
    private Swarm swarm;
    private int tests;
    private String home;

    @BeforeAll
    void startGrid(@TempDir Path scratch) throws Exception {
        directory = scratch;
        grid = LocalGrid.start(
                directory,
                3,
                Map.of("repair.interval", "1s", "repair.join-grace", "1s", "storage.ttl-sweep-interval", "1s"));
        swarm = new Swarm(directory).on(grid.addresses());
    }

    @AfterAll
    void stopGrid() {
        grid.close();
    }

    @BeforeEach
    void makeHome() throws Exception {
        home = "/cli-" + tests++;
        swarm.run("mkdir", home).succeeds();
    }

    @Test
    void putGetCatStatAndLs() throws Exception {
        Path file = file("numbers.bin", 3_000_000);

        Swarm.Result put =
                swarm.run("put", file.toString(), home + "/numbers.bin").succeeds();
        assertThat(put.out() + put.err()).contains("stored " + home + "/numbers.bin");
        Path fetched = directory.resolve("fetched.bin");
        swarm.run("get", home + "/numbers.bin", fetched.toString()).succeeds();
        assertThat(Files.mismatch(file, fetched)).isEqualTo(-1);
        assertThat(swarm.run("cat", home + "/numbers.bin").succeeds().bytes()).isEqualTo(Files.readAllBytes(file));
        swarm.run("get", home + "/numbers.bin", fetched.toString()).exits(4);

        assertThat(swarm.run("ls", home).succeeds().out()).isEqualTo("numbers.bin\n");
        assertThat(swarm.run("ls", "-l", home).succeeds().out()).contains("file", "x2", "numbers.bin");
        JsonNode status =
                swarm.run("stat", home + "/numbers.bin", "--json").succeeds().json();
        assertThat(status.path("size_bytes").asLong()).isEqualTo(3_000_000);
        assertThat(status.path("kind").asText()).isEqualTo("file");
        assertThat(swarm.run("stat", home + "/numbers.bin").succeeds().out()).contains("3,000,000 bytes");
    }

    @Test
    void standardInputAndOutputArePipes() throws Exception {
        Path file = file("piped", 200_000);

        swarm.run(file, "put", "-", home + "/piped").succeeds();

        assertThat(swarm.run("get", home + "/piped", "-").succeeds().bytes()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void treesGoInAndComeOut() throws Exception {
        Path tree = Files.createDirectories(directory.resolve("tree"));
        Files.createDirectories(tree.resolve("empty"));
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/b/deep"), "deep");
        Files.writeString(tree.resolve("top"), "top");

        swarm.run("put", tree.toString(), home).exits(1);
        swarm.run("put", "-r", tree.toString(), home).succeeds();
        assertThat(swarm.run("ls", "-R", home).succeeds().out().lines())
                .containsExactly(
                        home + "/tree/",
                        home + "/tree/a/",
                        home + "/tree/a/b/",
                        home + "/tree/a/b/deep",
                        home + "/tree/empty/",
                        home + "/tree/top");
        Path back = directory.resolve("back");
        swarm.run("get", "-r", home + "/tree", back.toString()).succeeds();
        assertThat(back.resolve("a/b/deep")).hasContent("deep");
        assertThat(back.resolve("top")).hasContent("top");
        assertThat(back.resolve("empty")).isDirectory();
        JsonNode usage = swarm.run("du", home, "--json").succeeds().json();
        assertThat(usage.path("size_bytes").asLong()).isEqualTo(7);
    }

    @Test
    void moveRemoveAndTheirRefusals() throws Exception {
        Path file = file("some", 10);
        swarm.run("put", file.toString(), home + "/one").succeeds();
        swarm.run("put", file.toString(), home + "/one").exits(4);
        swarm.run("put", "-f", file.toString(), home + "/one").succeeds();
        swarm.run("mkdir", home + "/directory").succeeds();
        swarm.run("mkdir", home + "/directory").exits(4);
        swarm.run("mkdir", home + "/no/parents").exits(3);
        swarm.run("mv", home + "/one", home + "/directory/two").succeeds();
        swarm.run("stat", home + "/one").exits(3);
        swarm.run("rm", home + "/directory").exits(4);
        swarm.run("rm", "-r", home + "/directory").succeeds();
        swarm.run("rm", home + "/directory").exits(3);
        swarm.run("rm", "-f", home + "/directory").succeeds();
        swarm.run("rm", "-r", "/").exits(2);
    }

    @Test
    void quotasAreKept() throws Exception {
        Path file = file("some", 1000);
        swarm.run("mkdir", home + "/q").succeeds();
        swarm.run("put", file.toString(), home + "/q/before").succeeds();
        assertThat(swarm.run("du", "--quota", home + "/q").succeeds().out()).isEmpty();
        swarm.run("quota", home + "/q", "--bytes", "2kB", "--entries", "2").succeeds();
        JsonNode quota;
        do {
            quota = swarm.run("du", "--quota", home + "/q", "--json").succeeds().json();
        } while (!quota.path("state").asText().equals("active"));
        assertThat(quota.path("used_bytes").asLong()).isEqualTo(1000);
        assertThat(quota.path("limit_entries").asLong()).isEqualTo(2);
        swarm.run("put", file.toString(), home + "/q/second").succeeds();
        assertThat(swarm.run("put", file.toString(), home + "/q/third").exits(4).err())
                .contains("quota of " + home + "/q");
        assertThat(swarm.run("quota", home + "/q").succeeds().out()).contains("LEFT", "active", home + "/q");
        JsonNode usage = swarm.run("du", home + "/q", "--json").succeeds().json();
        assertThat(usage.path("quota").path("used_entries").asLong()).isEqualTo(2);
        swarm.run("quota", home + "/q", "never").exits(2);
        swarm.run("quota", home + "/q", "--entries", "many").exits(2);
        swarm.run("quota", home + "/q", "none").succeeds();
        swarm.run("put", file.toString(), home + "/q/third").succeeds();
    }

    @Test
    void theTrashGivesBack() throws Exception {
        Path file = Files.writeString(directory.resolve("f"), "content");
        swarm.run("put", file.toString(), home + "/f").succeeds();
        swarm.run("rm", home + "/f").succeeds();
        swarm.run("cat", home + "/f").exits(3);

        assertThat(swarm.run("trash", "ls", home).succeeds().out()).contains("KEPT UNTIL", home + "/f");
        swarm.run("trash", "restore", home + "/f").succeeds();
        assertThat(swarm.run("cat", home + "/f").succeeds().out()).isEqualTo("content");

        assertThat(swarm.run("trash", "restore", home + "/f").exits(3).err())
                .contains("not in the trash: " + home + "/f");
        swarm.run("rm", "--skip-trash", home + "/f").succeeds();
        assertThat(swarm.run("trash", "ls", home).succeeds().out()).isEmpty();
        swarm.run("trash", "restore", "--id", "7", home + "/f").exits(2);
        swarm.run("trash", "empty", "--older-than", "7d", home).succeeds();
    }

    @Test
    void filesExpireIntoTheTrash() throws Exception {
        Path file = Files.writeString(directory.resolve("mortal"), "content");
        String there = home + "/logs";
        swarm.run("mkdir", there).succeeds();
        assertThat(swarm.run("policy", there).succeeds().out()).contains("ttl none");
        for (String bad : List.of("-5d", "0s", "week", "2020-01-01", "999999999999d", "7")) {
            assertThat(swarm.run("policy", there, "--ttl=" + bad).exits(2).err())
                    .contains("bad ttl: '" + bad + "', expected 1s to 36500d", "--ttl none");
        }
        assertThat(swarm.run("policy", there, "--ttl", "7d").succeeds().out()).contains("ttl 7d");
        swarm.run("put", file.toString(), there + "/stays").succeeds();
        assertThat(swarm.run("stat", there + "/stays").succeeds().out()).contains("7d, expires after 20");
        swarm.run("policy", there, "--ttl", "1s").succeeds();
        swarm.run("put", file.toString(), there + "/goes").succeeds();
        while (swarm.run("stat", there + "/goes").exit() == 0) {
            Thread.onSpinWait();
        }

        swarm.run("stat", there + "/goes").exits(3);
        swarm.run("stat", there + "/stays").succeeds();
        assertThat(swarm.run("trash", "ls", there).succeeds().out()).contains(there + "/goes");
        assertThat(swarm.run("policy", there + "/stays", "--ttl", "1s").exits(4).err())
                .contains("ttl 1s has passed already: " + there + "/stays was modified last at 20");
        assertThat(swarm.run("policy", there, "-R", "--ttl", "1s").succeeds().out())
                .contains("1 stay without the ttl");
        assertThat(swarm.run("policy", there, "-R", "--ttl", "none", "--json")
                        .succeeds()
                        .json()
                        .path("changed_files")
                        .asInt())
                .isEqualTo(1);
        assertThat(swarm.run("stat", there + "/stays", "--json")
                        .succeeds()
                        .json()
                        .path("attributes"))
                .isEmpty();
    }

    @Test
    void inSafeModeNothingChangesAndAllIsRead() throws Exception {
        Path file = file("safe", 10);
        swarm.run("put", file.toString(), home + "/kept").succeeds();
        try {
            assertThat(swarm.run("grid", "safe-mode", "enter").succeeds().out()).startsWith("SAFE MODE is on, since ");

            assertThat(swarm.run("put", file.toString(), home + "/more")
                            .exits(4)
                            .err())
                    .contains("the grid is in safe mode and takes no change of names or files", "safe-mode leave");
            assertThat(swarm.run("cat", home + "/kept").succeeds().bytes()).isEqualTo(Files.readAllBytes(file));
            assertThat(swarm.run("grid", "status").succeeds().out()).contains("SAFE MODE is on, since ");
        } finally {
            assertThat(swarm.run("grid", "safe-mode", "leave").succeeds().out()).isEqualTo("safe mode is off\n");
        }
        swarm.run("put", file.toString(), home + "/more").succeeds();
    }

    @Test
    void anErrorIsOneLineWithAHint() throws Exception {
        swarm.run("mkdir", home + "/lake").succeeds();

        Swarm.Result missing = swarm.run("ls", home + "/lakee").exits(3);

        assertThat(missing.err().strip()).isEqualTo("not found: " + home + "/lakee (did you mean " + home + "/lake?)");
        Swarm.Result json = swarm.run("stat", home + "/lakee", "--json").exits(3);
        assertThat(json.err()).contains("\"code\":\"NOT_FOUND\"").contains("\"kind\":\"CALLER\"");
        assertThat(swarm.run("lss", "/").exits(2).err()).contains("did you mean");
        assertThat(swarm.run("stat", "/../x").exits(2).err()).contains("..");
        assertThat(swarm.run("put", directory.resolve("none").toString(), home + "/x")
                        .exits(3)
                        .err())
                .contains("no such local file");
    }

    @Test
    void noNodeIsAnErrorThatNamesTheAddress() throws Exception {
        Swarm.Result result =
                new Swarm(directory).on(List.of("127.0.0.1:1")).run("ls", "/").exits(6);

        assertThat(result.err()).contains("127.0.0.1:1");
    }

    @Test
    void anyNodeOfTheListWillDo() throws Exception {
        swarm.run("ls", "/", "--grid", "127.0.0.1:1," + grid.addresses().get(2)).succeeds();
    }

    @Test
    void datasetsFromArrowCsvAndParquet() throws Exception {
        String arrow = home + "/arrow";
        swarm.run("dataset", "put", arrow, FLIGHTS.toString(), "--partitions", "3")
                .succeeds();
        JsonNode info = swarm.run("dataset", "info", arrow, "--json").succeeds().json();
        assertThat(info.path("rows").asInt()).isEqualTo(200_000);
        assertThat(info.path("files")).hasSize(3);
        assertThat(swarm.run("dataset", "info", arrow).succeeds().out()).contains("200,000 rows", "COLUMN");
        assertThat(swarm.run("dataset", "ls", home).succeeds().out()).isEqualTo(arrow + "\n");

        Path csv = Files.writeString(directory.resolve("t.csv"), "a,b\n1,x\n2,y\n3,\n");
        swarm.run("dataset", "put", home + "/csv", csv.toString()).succeeds();
        swarm.run("dataset", "put", "--append", home + "/csv", csv.toString()).succeeds();
        swarm.run("dataset", "put", home + "/csv", csv.toString()).exits(4);
        assertThat(swarm.run("dataset", "cat", home + "/csv", "--format", "csv")
                        .succeeds()
                        .out()
                        .lines())
                .hasSize(7)
                .startsWith("a,b", "1,x", "2,y");
        assertThat(swarm.run("dataset", "head", "-n", "2", home + "/csv", "--columns", "b", "--json")
                        .succeeds()
                        .documents())
                .extracting(row -> row.path("b").asText())
                .containsExactly("x", "y");

        Path exported = directory.resolve("out.arrow");
        swarm.run("dataset", "export", arrow, exported.toString()).succeeds();
        swarm.run("dataset", "put", home + "/again", exported.toString()).succeeds();
        assertThat(swarm.run("dataset", "info", home + "/again", "--json")
                        .json()
                        .path("columns"))
                .isEqualTo(info.path("columns"));
        swarm.run("dataset", "rm", home + "/again").succeeds();
        swarm.run("dataset", "info", home + "/again").exits(3);
    }

    @Test
    void severalFilesAreOnePutAllOrNone() throws Exception {
        String one = Files.writeString(directory.resolve("one.csv"), "a,b\n1,x\n2,y\n")
                .toString();
        String two =
                Files.writeString(directory.resolve("two.csv"), "a,b\n3,z\n").toString();
        String other =
                Files.writeString(directory.resolve("other.csv"), "a,c\n4,w\n").toString();

        assertThat(swarm.run("dataset", "put", home + "/all", one, two, other).err())
                .contains("column 'b' expected, got 'c'");
        swarm.run("stat", home + "/all").exits(3);
        assertThat(swarm.run("dataset", "put", home + "/all", one, two, "--json")
                        .succeeds()
                        .json()
                        .path("rows")
                        .asInt())
                .isEqualTo(3);
        assertThat(swarm.run("stat", home + "/all", "--json")
                        .json()
                        .path("version")
                        .asInt())
                .isEqualTo(1);
        swarm.run("dataset", "put", "--append", home + "/all", two, other).exits(4);
        assertThat(swarm.run("dataset", "cat", home + "/all", "--format", "csv")
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("a,b", "1,x", "2,y", "3,z");
    }

    @Test
    void aDamagedArrowFileIsRefusedAndLeavesNothing() throws Exception {
        byte[] bytes = Files.readAllBytes(FLIGHTS);
        Path cut = Files.write(directory.resolve("cut.arrow"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Path garbage = Files.write(directory.resolve("garbage.arrow"), "no arrow".getBytes(StandardCharsets.UTF_8));

        for (Path bad : List.of(cut, garbage)) {
            Swarm.Result refused = swarm.run("dataset", "put", home + "/bad", bad.toString());
            assertThat(refused.exit()).as(refused.err()).isIn(2, 8);
            assertThat(refused.err()).contains(bad.getFileName().toString());
            swarm.run("stat", home + "/bad").exits(3);
        }
    }

    @Test
    void copiesAreOneToSixteen() throws Exception {
        Path file = file("copies", 10);
        swarm.run("put", file.toString(), home + "/there").succeeds();
        for (String replicas : new String[] {"0", "100"}) {
            for (String[] asking : new String[][] {
                {"put", "--replicas", replicas, file.toString(), home + "/copies"},
                {"setrep", replicas, home + "/there"},
                {"policy", home, "--replicas", replicas}
            }) {
                Swarm.Result refused = swarm.run(asking).exits(2);
                assertThat(refused.err()).as("%s", refused.words()).contains("replicas", replicas, "expected 1 to 16");
            }
        }
        assertThat(swarm.run("ls", home).succeeds().out()).isEqualTo("there\n");
    }

    @Test
    void moreReplicasThanNodesAreAcceptedAndReported() throws Exception {
        Path file = file("many", 100_000);

        swarm.run("put", "--replicas", "5", file.toString(), home + "/many").succeeds();

        assertThat(swarm.run("locate", home + "/many").succeeds().out()).contains("3 of 5");
        JsonNode status = swarm.run("grid", "status", "--json").succeeds().json();
        for (int i = 0;
                i < 20 && status.path("repair").path("under_replicated_blocks").asLong() == 0;
                i++) {
            status = swarm.run("grid", "status", "--json").succeeds().json();
        }
        assertThat(status.path("repair").path("under_replicated_blocks").asLong())
                .isPositive();
        assertThat(swarm.run("grid", "repair").succeeds().out()).contains("lack copies");
        swarm.run("rm", home + "/many").succeeds();
    }

    @Test
    void theGridTellsAboutItself() throws Exception {
        assertThat(swarm.run("grid", "status").succeeds().out()).contains("n1", "n2", "n3", "up");
        assertThat(swarm.run("grid", "nodes", "--json").succeeds().documents()).hasSize(3);
        assertThat(swarm.run("grid", "whoami", "--qos", "bulk", "--json")
                        .succeeds()
                        .json()
                        .path("qos")
                        .asText())
                .isEqualTo("bulk");
        swarm.run("grid", "whoami", "--qos", "turbo").exits(2);
        assertThat(swarm.run("grid", "version").succeeds().out()).contains("client", "grid");
        assertThat(swarm.run("doctor").err()).doesNotContain("\tat ");
    }

    private Path file(String name, int bytes) throws Exception {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return Files.write(directory.resolve(name), content);
    }
}
