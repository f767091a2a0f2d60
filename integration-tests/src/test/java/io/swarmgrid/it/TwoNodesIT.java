package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who goes on when one of two nodes that hold data is lost: nobody, the one that was named, or the one with a witness. */
class TwoNodesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> QUICK =
            Map.of("repair.interval", "1s", "repair.join-grace", "1s", "repair.node-grace", "60s");

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void makeFile() throws Exception {
        byte[] content = new byte[200_000];
        new Random(4).nextBytes(content);
        file = Files.write(directory.resolve("file"), content);
    }

    @Test
    void neitherOfTwoGoesOnAlone() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 2, QUICK)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", file.toString(), "/before").succeeds();

            grid.node("n2").kill();

            Swarm alone = new Swarm(directory).on(List.of(grid.node("n1").address()));
            for (String[] refused : List.of(
                    new String[] {"put", file.toString(), "/after"},
                    new String[] {"mkdir", "/d"},
                    new String[] {"ls", "/"},
                    new String[] {"rm", "/before"})) {
                Swarm.Result result = alone.run(refused);
                assertThat(result.exit()).as(result.words() + result.err()).isNotZero();
                assertThat(result.err())
                        .contains("no majority of the grid's nodes", "missing=[n2]", "quorum.tiebreak names the one");
            }

            restart(grid.node("n2"));
            swarm.run("grid", "status", "--wait-healthy=60").succeeds();
            assertThat(swarm.run("ls", "/").succeeds().out()).isEqualTo("before\n");
        }
    }

    @Test
    void theOneThatWasNamedGoesOnAndTheOtherDoesNot() throws Exception {
        Map<String, String> named = new HashMap<>(QUICK);
        named.put("quorum.tiebreak", "n1");
        named.put("storage.block-size", "1MiB");
        try (LocalGrid grid = LocalGrid.start(directory, 2, named)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", file.toString(), "/before").succeeds();

            grid.node("n2").kill();

            Swarm first = new Swarm(directory).on(List.of(grid.node("n1").address()));
            first.run("put", file.toString(), "/while-away").succeeds();
            assertWhole(first, "/before");
            restart(grid.node("n2"));
            swarm.run("grid", "status", "--wait-healthy=60").succeeds();
            writersGoOn(grid);
            assertThat(holders(swarm, "/while-away")).containsExactlyInAnyOrder("n1", "n2");

            grid.node("n1").kill();

            Swarm second = new Swarm(directory).on(List.of(grid.node("n2").address()));
            assertThat(second.run("ls", "/").err()).contains("no majority of the grid's nodes", "missing=[n1]");
        }
    }

    /** Those that write through the one that was named, while the other is lost, is away, comes back, and is there again. */
    private void writersGoOn(LocalGrid grid) throws Exception {
        long seed = System.nanoTime();
        List<String> address = List.of(grid.node("n1").address());
        try (GridClient writer = GridClient.connect(address, ClientOptions.DEFAULT);
                GridClient reader = GridClient.connect(address, ClientOptions.DEFAULT);
                LastingWriters lasting = new LastingWriters(seed, "/lasting", new GrowingFiles(writer, reader))) {
            awaitMore(lasting, seed);
            grid.node("n2").kill();
            awaitMore(lasting, seed);
            grid.node("n2").start();
            awaitMore(lasting, seed);
            grid.node("n2").awaitReady(PATIENCE);
            awaitMore(lasting, seed);
            lasting.finish();
        }
        new Swarm(directory)
                .on(grid.addresses())
                .run("grid", "status", "--wait-healthy=60")
                .succeeds();
    }

    private static void awaitMore(LastingWriters lasting, long seed) {
        long more = lasting.bytes() + 10_000_000;
        Awaitility.await("seed=" + seed).atMost(PATIENCE).until(() -> lasting.bytes() >= more);
    }

    @Test
    void withAWitnessEitherGoesOn() throws Exception {
        Map<String, String> witness = new HashMap<>(QUICK);
        witness.put("node.witness", "true");
        try (LocalGrid grid = LocalGrid.start(
                directory,
                Stream.of(QUICK, QUICK, witness).map(LocalGrid.Host::loopback).toList())) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", "--replicas", "3", file.toString(), "/before").succeeds();
            assertThat(holders(swarm, "/before")).containsExactlyInAnyOrder("n1", "n2");
            assertThat(swarm.run("grid", "status").succeeds().out()).contains("up, witness");
            assertThat(swarm.run("grid", "drain", "n2").exits(4).err()).contains("only n1 would be left");

            grid.node("n1").kill();

            Swarm others = new Swarm(directory)
                    .on(List.of(grid.node("n3").address(), grid.node("n2").address()));
            others.run("put", file.toString(), "/while-away").succeeds();
            assertThat(holders(others, "/while-away")).containsExactly("n2");
            assertWhole(others, "/before");
            restart(grid.node("n1"));
            swarm.run("setrep", "2", "/", "--wait", "60").succeeds();
            assertThat(holders(swarm, "/while-away")).containsExactlyInAnyOrder("n1", "n2");
        }
    }

    private void assertWhole(Swarm swarm, String path) throws Exception {
        Path back = directory.resolve("back");
        swarm.run("get", "-f", path, back.toString()).succeeds();
        assertThat(Files.mismatch(file, back)).as(path).isEqualTo(-1);
    }

    private static List<String> holders(Swarm swarm, String path) throws Exception {
        JsonNode block = swarm.run("locate", path, "--json").succeeds().json();
        return block.path("holders").findValuesAsText("node");
    }

    private static void restart(NodeProcess node) throws InterruptedException {
        node.start();
        node.awaitReady(PATIENCE);
    }
}
