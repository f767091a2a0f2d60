package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that stood still for too long is out of the grid: it finds that out, ends, is started again, and comes back with its data. */
class SegmentationIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** {@code swarm node ... --supervise}. */
    private static final List<String> SUPERVISED = List.of("sh", "-c", "exec \"$@\" --supervise", "sh");

    private static final Map<String, String> QUICK = Map.of(
            "grid.failure-timeout", "2s",
            "repair.node-grace", "10m",
            "repair.join-grace", "1s",
            "repair.interval", "1s");

    @TempDir
    private Path directory;

    @Test
    void aNodeThatWasCutOffEndsWith75AndItsSupervisorBringsItBackWithItsData() throws Exception {
        byte[] content = new byte[3 << 20];
        new Random(11).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host(), host(), supervised()));
                Node stood = new Node(node(grid.node("n3")))) {
            NodeProcess still = grid.node("n3");
            ProcessHandle node = stood.process();
            Swarm others = new Swarm(directory)
                    .on(List.of(grid.node("n1").address(), grid.node("n2").address()));
            others.run("put", file.toString(), "/before").succeeds();

            signal("STOP", node);
            awaitState(grid.node("n1"), "n3", "down");
            others.run("put", file.toString(), "/meanwhile").succeeds();
            signal("CONT", node);

            node.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            others.run("put", file.toString(), "/after").succeeds();

            awaitState(grid.node("n1"), "n3", "up");
            assertThat(Files.readString(still.log()))
                    .contains("cut off from the grid: ending")
                    .contains("the node died with exit code 75: starting it again in 1 s");
            assertThat(node(still).pid()).isNotEqualTo(node.pid());
            others.run("grid", "status", "--wait-healthy=60").succeeds();
            for (String path : List.of("/before", "/meanwhile", "/after")) {
                Path fetched = directory.resolve("fetched");
                new Swarm(directory)
                        .on(List.of(still.address()))
                        .run("get", "-f", path, fetched.toString())
                        .succeeds();
                assertThat(Files.mismatch(fetched, file)).as(path).isEqualTo(-1);
            }
        }
    }

    /** As where the wire to n3 is cut when they come back: two rings, of which one goes on. Nobody starts n3 again. */
    @Test
    void aNodeThatIsNotWhereTheGridComesBackFindsIt() throws Exception {
        Path more = Files.createFile(directory.resolve("more"));
        LocalGrid.Host host = new LocalGrid.Host(
                host().address(), List.of("sh", "-c", "exec \"$@\" $(cat " + more + ")", "sh"), QUICK);
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host, host, host()))) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("mkdir", "/kept").succeeds();
            for (NodeProcess node : grid.nodes()) {
                node.kill();
            }
            NodeProcess alone = grid.node("n3");
            alone.start();
            Awaitility.await().atMost(PATIENCE).until(() -> Files.readString(alone.log())
                    .contains("missing=[n1, n2] of [n1, n2, n3]"));

            Files.writeString(
                    more, "--set grid.seeds=" + String.join(",", grid.seeds().subList(0, 2)));
            for (String name : List.of("n1", "n2")) {
                grid.node(name).start();
            }
            grid.node("n1").awaitReady(PATIENCE);
            alone.awaitReady(PATIENCE);

            swarm.run("grid", "status", "--wait-healthy=60").succeeds();
            new Swarm(directory)
                    .on(List.of(alone.address()))
                    .run("stat", "/kept")
                    .succeeds();
            assertThat(Files.readString(alone.log())).contains("goes on with a majority, and without this node");
        }
    }

    /** One that may stand still when a test fails, and hears no supervisor then. */
    private record Node(ProcessHandle process) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static LocalGrid.Host host() {
        return LocalGrid.Host.loopback(QUICK);
    }

    private static LocalGrid.Host supervised() {
        return new LocalGrid.Host(host().address(), SUPERVISED, QUICK);
    }

    /** The node that a supervisor runs. */
    private static ProcessHandle node(NodeProcess supervisor) {
        return ProcessHandle.of(supervisor.pid()).stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the supervisor runs no node"));
    }

    private static void awaitState(NodeProcess asked, String node, String state) {
        try (GridClient client = GridClient.connect(List.of(asked.address()), ClientOptions.DEFAULT)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> client.action("grid.status", Map.of(), GridStatus.class).nodes().stream()
                            .filter(each -> each.name().equals(node))
                            .map(NodeStatus::state)
                            .anyMatch(state::equals));
        }
    }

    private static void signal(String name, ProcessHandle node) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(node.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
