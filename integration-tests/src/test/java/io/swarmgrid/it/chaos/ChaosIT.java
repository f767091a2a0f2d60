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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing acknowledged is lost, whatever happens to the processes, disks, wires and clocks of three nodes. In every build each kind
 * of fault strikes once, as far as this machine has the means; {@code ./swarm test --long} goes on for minutes with a seed of its own,
 * {@code --seed N} repeats the order of the faults.
 */
class ChaosIT {
    private static final int NODES = 3;
    private static final Duration NODE_GRACE = Duration.ofSeconds(5);
    private static final boolean LONG = Boolean.getBoolean("swarm.test.long");
    private static final Duration LENGTH = Duration.ofMinutes(5);
    /** How often each kind of fault strikes in a long run. */
    private static final int AT_LEAST = 2;
    /** What lasts a while, lasts no longer: in a long run also longer than a node is waited for. */
    private static final Duration LONGEST = LONG ? NODE_GRACE.multipliedBy(2) : Duration.ofSeconds(3);
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
                Arena arena = Arena.start(directory, ground.hosts(settings()));
                Doors doors = Doors.before(arena.nodes())) {
            arena.awaitWhole("its start");
            makeTops(arena);
            Storm storm = new Storm(arena, faults(ground, doors), new Random(seed));
            List<Throwable> failures;
            try (Crew crew = Crew.start(tasks(arena, doors), history, contents, seed)) {
                if (LONG) {
                    storm.rage(LENGTH, AT_LEAST);
                } else {
                    storm.once();
                }
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
            ground.lacks().forEach(System.out::println);
            assertThat(failures).as("callers that failed themselves").isEmpty();
            assertThat(arena.deaths()).as("nodes that ended by themselves").isEmpty();
            assertThat(findings).as("seed %s", seed).isEmpty();
            assertThat(storm.counts().values())
                    .as("how often each kind of fault struck: %s", storm.counts())
                    .isNotEmpty()
                    .allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(LONG ? AT_LEAST : 1));
            assertThat(new Tally(history.operations()).count("put", Outcome.OK)).isPositive();
        }
    }

    /** Those whose answers can be lost come through doors of the test's, which know nothing of Flight. */
    private List<Crew.Task> tasks(Arena arena, Doors doors) {
        DoomedTrees trees = new DoomedTrees();
        Stream<Workload> direct = Stream.of(
                new WriteIntoTrees(ledger, trees, "a"),
                new WriteIntoTrees(ledger, trees, "b"),
                new RemoveTrees(ledger, trees),
                new AppendFiles(ledger, "a"),
                new AppendFiles(ledger, "b"),
                new ReadLogs(ledger),
                new WriteFiles(),
                new ReadFiles(),
                new GrowTrees(),
                new GrowDatasets("a"),
                new GrowDatasets("b"));
        Stream<Workload> behindDoors = Stream.of(
                new JoinFiles(), new WriteFiles(), new RemoveFiles(), new MoveFiles(), new MoveTrees(), new CutFiles());
        return Stream.concat(
                        direct.map(each -> new Crew.Task(each, arena.addresses())),
                        behindDoors.map(each -> new Crew.Task(each, doors.addresses())))
                .toList();
    }

    /** Of one company in the order in which they come. */
    private static List<Fault> faults(Ground ground, Doors doors) {
        Stream<Fault> anywhere = Stream.of(
                new KillWhileWriting(),
                new KillAtRaise(),
                new PauseNode(LONG ? LONGEST : Duration.ofSeconds(1)), // before the copies are made
                new KillWhileCopying(),
                new KillWhileStarting("tier scanned"),
                new KillAtSidecar(),
                new KillNode(LONGEST),
                new BriefPause(Duration.ofSeconds(1)),
                new KillGrid());
        return Stream.of(ground.faults(LONGEST), anywhere, DamageBlocks.all(), LoseAnswers.of(doors).stream())
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
        settings.put("limits.session-idle", "10s");
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
        arena.nodes().parallelStream().forEach(node -> {
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
        });
        return history.operations().stream()
                .filter(each -> each.caller().startsWith("after-") && each.outcome() != Outcome.OK)
                .collect(Collectors.toMap(Operation::path, Operation::toString, (one, other) -> one));
    }

    /** The same for the files that grow. */
    private Map<String, String> readLogs(Arena arena) {
        Map<String, String> failed = new ConcurrentSkipListMap<>();
        arena.nodes().parallelStream().forEach(node -> {
            try (GridClient client = GridClient.connect(List.of(node.address()), ClientOptions.DEFAULT)) {
                ledger.paths().forEach(path -> {
                    String why = ReadLogs.read(ledger, client, path);
                    if (!why.isEmpty()) {
                        failed.put(path, why);
                    }
                });
            }
        });
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
        return Awaitility.await()
                .atMost(SETTLED)
                .ignoreExceptionsInstanceOf(GridException.class)
                .until(() -> Survey.of(arena, unreadable), Objects::nonNull);
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
