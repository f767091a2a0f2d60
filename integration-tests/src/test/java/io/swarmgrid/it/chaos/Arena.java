package io.swarmgrid.it.chaos;

import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.CheckRequest;
import io.swarmgrid.client.wire.CheckResult;
import io.swarmgrid.client.wire.CheckResult.BlockProblem;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** The grid that faults strike, and how it is seen and touched from outside. Confined to the thread of the test. */
final class Arena implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(150);
    /** What a node that was cut off ends with, and what one that was killed does. */
    private static final int CUT_OFF = 75;

    private static final int KILLED = 137;
    /** How many looks are told of that did not find what they should; the last one may have been cut off. */
    private static final int TOLD = 4;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(300);
    private static final int PAGE_FILES = 500;

    private final Path directory;
    private final LocalGrid grid;
    private final GridClient client;
    private final List<String> deaths = new ArrayList<>();

    private Arena(Path directory, LocalGrid grid) {
        this.directory = directory;
        this.grid = grid;
        this.client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT.withTimeout(TIMEOUT));
    }

    static Arena start(Path directory, List<LocalGrid.Host> hosts) throws InterruptedException {
        return new Arena(directory, LocalGrid.start(directory, hosts));
    }

    List<NodeProcess> nodes() {
        return grid.nodes();
    }

    List<String> addresses() {
        return grid.addresses();
    }

    /** Those that have not ended. */
    List<NodeProcess> alive() {
        return nodes().stream().filter(NodeProcess::isAlive).toList();
    }

    /** One that has not ended, where there is one. */
    NodeProcess anyNode(Random random) {
        List<NodeProcess> some = alive().isEmpty() ? nodes() : alive();
        return some.get(random.nextInt(some.size()));
    }

    GridClient client() {
        return client;
    }

    /** The nodes that ended although nothing was done to them that ends a node. */
    List<String> deaths() {
        return List.copyOf(deaths);
    }

    Path blocks(NodeProcess node) {
        return directory.resolve(node.name()).resolve("blocks");
    }

    /** The block files of a node, without those that were put aside. What vanishes meanwhile is left out. */
    List<Path> blockFiles(NodeProcess node) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path shard : shards(node)) {
            TierFiles.list(shard).stream().filter(TierFiles::isBlock).forEach(found::add);
        }
        return found;
    }

    /** The directories that the block files of a node are in. */
    List<Path> shards(NodeProcess node) throws IOException {
        return TierFiles.shards(blocks(node));
    }

    static boolean isSealed(Path block) {
        return Files.exists(TierFiles.sidecar(block));
    }

    static void signal(String name, NodeProcess node) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(node.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("cannot send " + name + " to node " + node.name());
        }
    }

    /** Waits until the others have a node for lost. */
    void awaitDown(NodeProcess lost) {
        List<String> others = nodes().stream()
                .filter(node -> !node.equals(lost))
                .map(NodeProcess::address)
                .toList();
        // One that is cut off answers, too, and has itself for there.
        try (GridClient asking = GridClient.connect(others, ClientOptions.DEFAULT.withTimeout(TIMEOUT))) {
            await("the others go on without " + lost.name())
                    .atMost(PATIENCE)
                    .pollInterval(POLL)
                    .ignoreExceptions()
                    .until(() -> status(asking).nodes().stream()
                            .filter(node -> node.name().equals(lost.name()))
                            .noneMatch(node -> node.state().equals("up")));
        }
    }

    /** Waits until a node has found out that the others went on without it, and has ended. */
    static void awaitCutOff(NodeProcess node) throws InterruptedException {
        int exit = node.awaitEnd(PATIENCE);
        if (exit != CUT_OFF) {
            throw new AssertionError("node " + node.name() + " was cut off and ended with exit code " + exit);
        }
    }

    /**
     * Starts what has ended, and waits until every node is up and every block has its copies.
     *
     * @param after what happened before, for the message where it does not come to that
     */
    void awaitWhole(String after) throws InterruptedException {
        awaitNothing("the grid is whole after " + after, this::lacking);
        for (NodeProcess node : nodes()) {
            node.awaitReady(PATIENCE); // others may count one that has not opened its doors yet
        }
    }

    /** Has bad copies given up, and waits until none is found. */
    void awaitMended(String after) {
        awaitNothing("all copies are good after " + after, this::unmended);
    }

    /** @param lacking what there is still; null for nothing */
    private static void awaitNothing(String goal, Callable<@Nullable String> lacking) {
        Deque<String> last = new ConcurrentLinkedDeque<>();
        try {
            await(goal).atMost(PATIENCE).pollInterval(POLL).until(() -> {
                String found = lacking.call();
                if (found != null) {
                    last.add(found);
                }
                if (last.size() > TOLD) {
                    last.removeFirst();
                }
                return found == null;
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "not so within " + PATIENCE + ": " + goal + ", at last: " + String.join("; ", last), e);
        }
    }

    private @Nullable String unmended() {
        long begun = System.nanoTime();
        String found;
        try {
            List<BlockProblem> problems = check(true);
            found = problems.isEmpty() ? null : problems.toString();
        } catch (GridException e) {
            found = "the check failed: " + e.getMessage();
        }
        return found == null ? null : found + " (by a check of " + Duration.ofNanos(System.nanoTime() - begun) + ")";
    }

    /** What the grid's own check finds, reading every byte. */
    List<BlockProblem> check(boolean repair) {
        List<BlockProblem> problems = new ArrayList<>();
        String token = null;
        do {
            CheckRequest ask = new CheckRequest("/", true, repair, PAGE_FILES, token);
            CheckResult page = client.action("fs.check", ask, CheckResult.class);
            problems.addAll(page.problems());
            token = page.nextPageToken();
        } while (token != null);
        return problems;
    }

    /** Which copies of the metadata are not alike, or could not be compared. */
    List<String> checkMetadata() {
        MetadataCheckResult result = checkMetadata(new MetadataCheckRequest(false, null));
        while (result.state().equals(RecoverResult.RUNNING)) {
            result = checkMetadata(new MetadataCheckRequest(null, result.run()));
        }
        List<String> problems = new ArrayList<>(
                result.differing().stream().map(Object::toString).toList());
        result.left().forEach(row -> problems.add(row.toString()));
        if (result.compared() < result.partitions()) {
            problems.add("metadata was not compared: " + result);
        }
        return problems;
    }

    private MetadataCheckResult checkMetadata(MetadataCheckRequest ask) {
        return client.action("grid.check", ask, MetadataCheckResult.class);
    }

    @Override
    public void close() {
        client.close();
        grid.close();
    }

    private @Nullable String lacking() throws InterruptedException {
        for (NodeProcess node : nodes()) {
            if (!node.isAlive()) {
                startAgain(node);
            }
        }
        try {
            GridStatus status = status(client);
            boolean up =
                    nodes().stream().allMatch(node -> status.nodes().stream().anyMatch(seen -> isUp(node, seen)));
            boolean copied = status.repair().underReplicatedBlocks() == 0
                    && status.repair().unavailableBlocks() == 0;
            return status.quorum() && up && copied ? null : status.toString();
        } catch (GridException e) {
            return e.code() + ": " + e.getMessage();
        }
    }

    private void startAgain(NodeProcess node) throws InterruptedException {
        int exit = node.awaitEnd(Duration.ofSeconds(1));
        if (exit != CUT_OFF && exit != KILLED) {
            deaths.add(node.name() + " ended with exit code " + exit);
        }
        node.start();
    }

    /** By its process, so that nobody takes the one before it for it. */
    private static boolean isUp(NodeProcess node, NodeStatus seen) {
        return seen.name().equals(node.name())
                && seen.pid() == node.pid()
                && seen.voter()
                && seen.state().equals("up");
    }

    private static GridStatus status(GridClient asking) {
        return asking.action("grid.status", new Nothing(), GridStatus.class);
    }
}
