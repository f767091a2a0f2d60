package io.swarmgrid.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.it.chaos.judge.EndState;
import io.swarmgrid.it.chaos.judge.Finding;
import io.swarmgrid.it.chaos.judge.History;
import io.swarmgrid.it.chaos.judge.Judge;
import io.swarmgrid.it.chaos.judge.Ledger;
import io.swarmgrid.it.chaos.judge.Operation;
import io.swarmgrid.it.chaos.judge.Outcome;
import io.swarmgrid.it.chaos.judge.Tally;
import io.swarmgrid.it.chaos.judge.Version;
import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing acknowledged is lost, whatever happens to the processes and disks of three nodes. Bounded for every build;
 * {@code ./swarm test --long} goes on for minutes with a seed of its own, {@code --seed N} repeats the order of the faults.
 */
class ChaosIT {
    private static final int NODES = 3;
    private static final Duration NODE_GRACE = Duration.ofSeconds(5);
    private static final boolean LONG = Boolean.getBoolean("swarm.test.long");
    private static final Duration LENGTH = Duration.ofSeconds(LONG ? 300 : 30);
    /** Which faults, by a pattern of their names: to look into one of them. */
    private static final String FAULTS = System.getProperty("swarm.test.faults", ".*");

    /** Longer than what is staged and left may stay. */
    private static final Duration SETTLED = Duration.ofSeconds(150);

    private final long seed = Long.getLong("swarm.test.seed", LONG ? System.nanoTime() : 1);
    private final History history = new History(System::nanoTime);
    private final Ledger ledger = new Ledger(System::nanoTime);
    private final AtomicLong contents = new AtomicLong();

    /** Kept with the logs of the nodes where something was found. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        System.out.println("ChaosIT: replay the order of the faults with --seed " + seed + ", logs in " + directory);
        try (Ground ground = Ground.lay(directory, NODES);
                Arena arena = Arena.start(directory, ground.hosts(settings()))) {
            arena.awaitWhole("its start");
            makeTops(arena);
            Storm storm = new Storm(arena, faults(ground), new Random(seed));
            List<Throwable> failures;
            try (Crew crew = Crew.start(workloads(), arena, history, contents, seed)) {
                storm.rage(LENGTH);
                crew.finish();
                failures = crew.failures();
            }
            arena.awaitWhole("the storm");
            Map<String, String> unreadable = new TreeMap<>(readAll(arena));
            unreadable.putAll(readLogs(arena));
            EndState end = settled(arena, unreadable);
            List<Finding> findings = new ArrayList<>(Judge.findings(history.operations(), ledger.named(), end));
            findings.addAll(ledger.findings());
            report(storm, findings);
            assertThat(failures).as("callers that failed themselves").isEmpty();
            assertThat(arena.deaths()).as("nodes that ended by themselves").isEmpty();
            assertThat(findings).as("seed %s", seed).isEmpty();
            assertThat(new Tally(history.operations()).count("put", Outcome.OK)).isPositive();
        }
    }

    private List<Workload> workloads() {
        DoomedTrees trees = new DoomedTrees();
        return List.of(
                new WriteIntoTrees(ledger, trees, "a"),
                new WriteIntoTrees(ledger, trees, "b"),
                new RemoveTrees(ledger, trees),
                new JoinFiles(),
                new AppendFiles(ledger, "a"),
                new AppendFiles(ledger, "b"),
                new ReadLogs(ledger),
                new WriteFiles(),
                new WriteFiles(),
                new ReadFiles(),
                new RemoveFiles(),
                new MoveFiles(),
                new GrowTrees(),
                new GrowDatasets("a"),
                new GrowDatasets("b"));
    }

    private static List<Fault> faults(Ground ground) {
        Stream<Fault> anywhere = Stream.of(
                new KillNode(NODE_GRACE.multipliedBy(2)),
                new KillWhileWriting(),
                new KillWhileStarting("tier scanned"),
                new PauseNode(NODE_GRACE.multipliedBy(2)),
                new BriefPause(Duration.ofSeconds(1)),
                new KillGrid());
        Stream<Fault> damage = Arrays.stream(DamageBlocks.Way.values()).map(DamageBlocks::new);
        // In one of two runs with a jump blocks of a put were left behind. It was seen without one, too, and mended
        // since; not in
        // every build until longer runs have shown that this was it.
        Stream<Fault> jumps = LONG ? ground.jumps(NODE_GRACE.multipliedBy(2)) : Stream.of();
        return Stream.of(ground.faults(NODE_GRACE.multipliedBy(2)), anywhere, damage, jumps)
                .flatMap(each -> each)
                .filter(fault -> fault.name().matches(FAULTS))
                .toList();
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "grid.failure-timeout", "4s",
                "repair.node-grace", NODE_GRACE.toSeconds() + "s",
                "repair.join-grace", "1s",
                "repair.interval", "1s"));
        // The addresses of namespaces are not loopback's.
        settings.put("security.insecure", "true");
        settings.put("storage.block-size", Sizes.BLOCK_BYTES + "B");
        settings.put("storage.lease-duration", "5s");
        settings.put("storage.trash-grace", "3s");
        settings.put("storage.orphan-grace", "8s");
        settings.put("storage.scrub.interval", "20s");
        settings.put("limits.session-idle", "30s");
        return settings;
    }

    private void makeTops(Arena arena) {
        try (Calls calls = new Calls("before", arena.addresses(), history, contents)) {
            Paths.top().forEach(calls::makeDirectory);
        }
    }

    /**
     * Reads every path that was ever named, through each node.
     *
     * @return what could not be read, and why
     */
    private Map<String, String> readAll(Arena arena) {
        Set<String> directories = history.operations().stream()
                .filter(each -> each.effect().brings().equals(Optional.of(Version.DIRECTORY)))
                .map(Operation::path)
                .collect(Collectors.toSet());
        Set<String> paths =
                history.operations().stream().map(Operation::path).collect(Collectors.toCollection(TreeSet::new));
        for (NodeProcess node : arena.nodes()) {
            String caller = "after-" + node.name();
            try (Calls calls = new Calls(caller, List.of(node.address()), history, contents)) {
                paths.forEach(path -> {
                    if (directories.contains(path)) {
                        calls.look(path);
                    } else if (Paths.isDataset(path)) {
                        calls.datasets().get(path);
                    } else {
                        calls.get(path);
                    }
                });
            }
        }
        return history.operations().stream()
                .filter(each -> each.caller().startsWith("after-") && each.outcome() != Outcome.OK)
                .collect(Collectors.toMap(Operation::path, Operation::toString, (one, other) -> one));
    }

    /** The same for the files that grow. */
    private Map<String, String> readLogs(Arena arena) {
        Map<String, String> failed = new TreeMap<>();
        for (NodeProcess node : arena.nodes()) {
            try (GridClient client = GridClient.connect(List.of(node.address()), ClientOptions.DEFAULT)) {
                ledger.paths().forEach(path -> {
                    String why = ReadLogs.read(ledger, client, path);
                    if (!why.isEmpty()) {
                        failed.put(path, why);
                    }
                });
            }
        }
        return failed;
    }

    /** The state once every grace has passed, or as it is when there was time enough for that. */
    private EndState settled(Arena arena, Map<String, String> unreadable) throws Exception {
        try {
            Awaitility.await()
                    .atMost(SETTLED)
                    .pollInterval(Duration.ofSeconds(2))
                    .ignoreExceptionsInstanceOf(GridException.class)
                    .until(() ->
                            Judge.findings(named(), Survey.of(arena, Map.of())).isEmpty());
        } catch (ConditionTimeoutException e) {
            System.out.println("ChaosIT: not all is as it should be " + SETTLED + " after the end");
        }
        return Survey.of(arena, unreadable);
    }

    private Set<String> named() {
        Set<String> named =
                history.operations().stream().map(Operation::path).collect(Collectors.toCollection(TreeSet::new));
        named.addAll(ledger.named());
        return named;
    }

    private void report(Storm storm, List<Finding> findings) {
        System.out.printf("%nChaosIT: seed %d%n%s%n", seed, new Tally(history.operations()));
        System.out.println(ledger.tally());
        storm.counts().forEach((fault, count) -> System.out.printf("%-44s %4d%n", fault, count));
        history.operations().stream()
                .filter(each -> each.outcome() != Outcome.OK)
                .collect(Collectors.groupingBy(ChaosIT::reason, TreeMap::new, Collectors.counting()))
                .forEach((reason, count) -> System.out.printf("%-44s %4d%n", reason, count));
        if (findings.isEmpty()) {
            System.out.println("nothing lost");
        }
        findings.forEach(finding -> System.out.println(finding + System.lineSeparator()));
    }

    private static String reason(Operation operation) {
        String detail = operation.detail();
        int colon = detail.indexOf(':');
        return operation.outcome() + " " + (colon < 0 ? detail : detail.substring(0, colon));
    }
}
