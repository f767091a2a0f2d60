package io.swarmgrid.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.it.chaos.judge.Judge;
import io.swarmgrid.it.chaos.judge.Ledger;
import io.swarmgrid.node.local.NodeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A node that is cut off goes on running, is asked for changes the whole time, and acknowledges none; the others go on. */
class SplitBrainIT {
    private static final int NODES = 3;
    private static final int CALLERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SMALL = 500;
    private static final int LARGE = 300_000;
    private static final String GROWING = "/kept/growing";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    /** What was there before the cut, and what was acknowledged by the others since: the length of each file. */
    private final Map<String, Integer> files = new TreeMap<>();

    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<GridException> refused = new ConcurrentLinkedQueue<>();
    private final AtomicIntegerArray rounds = new AtomicIntegerArray(CALLERS);

    @Test
    void theMinorityAcknowledgesNothing() throws Exception {
        Optional<Wires> laid = Wires.lay(NODES);
        assumeTrue(laid.isPresent(), Wires.LACKING);
        try (Wires wires = laid.orElseThrow();
                Arena arena = Arena.start(
                        directory,
                        IntStream.range(0, NODES)
                                .mapToObj(n -> wires.host(n, settings()))
                                .toList())) {
            arena.awaitWhole("its start");
            prepare(arena.client());
            NodeProcess alone = arena.nodes().get(0);
            List<String> others = arena.addresses().subList(1, NODES);

            cutOff(wires, alone, others);

            arena.awaitWhole("the cut");
            assertThat(acknowledged).as("by a minority").isEmpty();
            assertThat(refused)
                    .allSatisfy(each -> assertThat(each.kind()).isIn(ErrorKind.RETRY, ErrorKind.UNKNOWN))
                    .anySatisfy(each -> assertThat(each.code()).isEqualTo(ErrorCode.NO_QUORUM));
            assertThat(arena.deaths()).as("nodes that ended by themselves").isEmpty();
            for (NodeProcess node : arena.nodes()) {
                assertNothingElseIsThere(node);
            }
            Set<String> named = new TreeSet<>(files.keySet());
            named.addAll(Set.of("/kept", "/new", GROWING));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(GridException.class)
                    .untilAsserted(() -> assertThat(Judge.findings(named, Survey.of(arena, Map.of())))
                            .isEmpty());
        }
    }

    /** Until the others have counted the node out, and every caller has asked it for everything once more. */
    private void cutOff(Wires wires, NodeProcess alone, List<String> others) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (GridClient there = client(List.of(alone.address()));
                GridClient elsewhere = GridClient.connect(others, ClientOptions.DEFAULT);
                GrowingFile growing = GrowingFile.create(there, new FilePut(GROWING, null, null, null, null))) {
            growing.write(Ledger.bytes(GROWING, 0, LARGE), 0, LARGE);
            growing.flush();

            for (int other = 1; other < NODES; other++) {
                wires.cut(0, other);
                wires.cut(other, 0);
            }
            List<Future<?>> working = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int number = caller;
                working.add(callers.submit(() -> askForAll(there, number, enough)));
            }
            attempt("flush", () -> {
                growing.write(Ledger.bytes(GROWING, LARGE, LARGE), 0, LARGE);
                growing.flush();
            });
            Awaitility.await("the others have counted it out")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> status(elsewhere).nodes().stream()
                            .map(NodeStatus::name)
                            .noneMatch(alone.name()::equals));
            put(elsewhere, "/new/elsewhere", LARGE);
            files.put("/new/elsewhere", LARGE);
            awaitRounds(2);
            assertThat(alone.isAlive()).as("both sides are there").isTrue();
            assertThat(status(there).quorum()).isFalse();
            assertThat(status(there).nodes())
                    .as("nobody is counted out by the minority")
                    .hasSize(NODES);
            enough.set(true);
            for (Future<?> each : working) {
                each.get();
            }
        } finally {
            enough.set(true);
            callers.shutdownNow();
        }
        for (int other = 1; other < NODES; other++) {
            wires.mend(0, other);
            wires.mend(other, 0);
        }
    }

    private void prepare(GridClient client) {
        for (String directory : List.of("/kept", "/new")) {
            makeDirectory(client, directory);
        }
        for (int caller = 0; caller < CALLERS; caller++) {
            for (String path : List.of("/kept/renamed", "/kept/removed", "/kept/replaced")) {
                put(client, path + caller, LARGE);
                files.put(path + caller, LARGE);
                put(client, path + "small" + caller, SMALL);
                files.put(path + "small" + caller, SMALL);
            }
        }
    }

    /** One change after the other, round after round, each of new names where it makes something. */
    private void askForAll(GridClient there, int caller, AtomicBoolean enough) {
        for (int round = 0; !enough.get(); round++) {
            String name = "/new/" + caller + "-" + round;
            for (String size : List.of("", "small")) {
                attempt("rename", () -> rename(there, "/kept/renamed" + size + caller, name + "-r" + size));
                attempt("remove", () -> remove(there, "/kept/removed" + size + caller));
            }
            attempt("replace", () -> put(there, "/kept/replaced" + caller, SMALL));
            attempt("replace", () -> put(there, "/kept/replacedsmall" + caller, LARGE));
            attempt("put", () -> put(there, name + "-s", SMALL));
            attempt("put", () -> put(there, name + "-l", LARGE));
            attempt("mkdir", () -> makeDirectory(there, name + "-d"));
            rounds.incrementAndGet(caller);
        }
    }

    private void attempt(String what, Runnable change) {
        try {
            change.run();
            acknowledged.add(what);
        } catch (GridException e) {
            refused.add(e);
        }
    }

    /** So many more of each caller. */
    private void awaitRounds(int more) {
        int[] before = IntStream.range(0, CALLERS).map(rounds::get).toArray();
        Awaitility.await("every caller asks for everything again")
                .atMost(PATIENCE)
                .until(() -> IntStream.range(0, CALLERS).allMatch(n -> rounds.get(n) >= before[n] + more));
    }

    private void assertNothingElseIsThere(NodeProcess node) {
        try (GridClient client = client(List.of(node.address()))) {
            Map<String, Integer> seen = new TreeMap<>();
            for (String directory : List.of("/kept", "/new")) {
                list(client, directory).stream()
                        .filter(each -> !each.path().equals(GROWING))
                        .forEach(each -> seen.put(each.path(), (int) each.sizeBytes()));
            }
            assertThat(seen).as("through %s", node.name()).isEqualTo(files);
            files.forEach((path, length) -> assertThat(read(client, path))
                    .as("%s through %s", path, node.name())
                    .isEqualTo(Ledger.bytes(path, 0, length)));
            byte[] grown = read(client, GROWING);
            assertThat(grown.length).isGreaterThanOrEqualTo(LARGE);
            assertThat(grown).isEqualTo(Ledger.bytes(GROWING, 0, grown.length));
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                "grid.failure-timeout", "3s",
                "repair.node-grace", "3s",
                "repair.join-grace", "1s",
                "repair.interval", "1s",
                "storage.lease-duration", "5s",
                "storage.trash-grace", "2s",
                "storage.orphan-grace", "7s",
                "security.insecure", "true"); // the addresses of namespaces are not loopback's
    }

    private static GridClient client(List<String> addresses) {
        return GridClient.connect(addresses, ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(3)));
    }

    private static GridStatus status(GridClient client) {
        return client.action("grid.status", new Nothing(), GridStatus.class);
    }

    private static List<FileStatus> list(GridClient client, String directory) {
        return client.action("fs.list", new ListRequest(directory, null, null), Listing.class)
                .entries();
    }

    private static void makeDirectory(GridClient client, String path) {
        client.action("fs.mkdir", new MakeDirectory(path, null), FileStatus.class);
    }

    private static void rename(GridClient client, String from, String to) {
        String id = UUID.randomUUID().toString();
        client.action("fs.rename", new Rename(from, to, false, id), FileStatus.class);
    }

    private static void remove(GridClient client, String path) {
        String id = UUID.randomUUID().toString();
        client.action("fs.remove", new Remove(path, false, id), Removed.class);
    }

    private static void put(GridClient client, String path, int length) {
        try (FileOutput output = new FileOutput(client, new FilePut(path, true, null, null, null))) {
            output.write(Ledger.bytes(path, 0, length), 0, length);
            output.commit();
        }
    }

    private static byte[] read(GridClient client, String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new FileTransfer(client).get(new FileRead(path, null, null), Channels.newChannel(bytes), count -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
