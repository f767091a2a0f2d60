package io.swarmgrid.node.demo;

import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import io.swarmgrid.node.cli.ClientLog;
import io.swarmgrid.node.cli.DuckSource;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Progress;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.Tasks;
import io.swarmgrid.node.cli.Units;
import io.swarmgrid.node.local.JavaCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Step 4: a program runs on every partition where its bytes lie; the merged answers equal a direct computation. */
final class DelayTask {
    private static final int SHOWN_AIRPORTS = 5;
    /** What a small program that lives for a second needs, and no more; its log goes to standard error. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xms32m",
            "-Xmx128m",
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-D" + ClientLog.PROPERTY + "=" + ClientLog.CLIENT);

    private final Session session;
    private final Path source;
    private final Output output;
    private final Report report;

    DelayTask(Session session, Path source, Output output, Report report) {
        this.session = session;
        this.source = source;
        this.output = output;
        this.report = report;
    }

    void run() throws Exception {
        TaskSpec spec = new TaskSpec(
                JavaCommand.of(DelayStats.class.getName(), jvmOptions(), List.of()),
                Demo.DATASET,
                List.of("origin", "delay"),
                null,
                60_000L,
                null,
                null,
                null);
        Tasks tasks = new Tasks(session);
        long start = System.nanoTime();
        TaskStatus status = tasks.submit(spec);
        try (Progress progress = Progress.ofItems(Demo.bars(output), "running", status.splitsTotal(), "splits")) {
            status = tasks.await(status.id(), progress);
        }
        long nanos = System.nanoTime() - start;
        tellOfNodes(status);
        report.check(
                "run a task on it",
                status.splitsTotal() + " processes",
                Units.nanos(nanos),
                status.splitsLocal() + " of " + status.splitsTotal() + " splits ran on a node that held their bytes"
                        + (status.error() == null ? "" : "; " + status.error()),
                status.state() == TaskState.SUCCEEDED
                        && status.splitsTotal() == Flights.PARTITIONS
                        && status.splitsLocal() == status.splitsTotal());
        if (status.state() == TaskState.SUCCEEDED) {
            compare(merged(tasks, status), direct());
        }
    }

    private DelayStatistics merged(Tasks tasks, TaskStatus status) throws IOException {
        DelayStatistics statistics = new DelayStatistics();
        tasks.result(status.id()).readInOrder(batch -> {
            statistics.addPartial(batch.root());
            return true;
        });
        return statistics;
    }

    /** The same from the source file, by a query engine that shares no code with the task. */
    private DelayStatistics direct() throws IOException {
        String query = "SELECT origin, count(*)::BIGINT, sum(delay)::BIGINT, min(delay)::BIGINT, max(delay)::BIGINT,"
                + " count(*) FILTER (delay > " + DelayStatistics.LATE_MINUTES + ")::BIGINT"
                + " FROM read_parquet(?) WHERE origin IS NOT NULL AND delay IS NOT NULL GROUP BY origin";
        DelayStatistics statistics = new DelayStatistics();
        return DuckSource.query(query, List.of(source.toString()), session.allocator(), batches -> {
            while (batches.loadNextBatch()) {
                statistics.addPartial(batches.getVectorSchemaRoot());
            }
            return statistics;
        });
    }

    private void compare(DelayStatistics merged, DelayStatistics direct) {
        Map<String, DelayStatistics.Airport> airports = merged.airports();
        long flights = airports.values().stream()
                .mapToLong(DelayStatistics.Airport::flights)
                .sum();
        airports.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, DelayStatistics.Airport> each) ->
                        -each.getValue().flights()))
                .limit(SHOWN_AIRPORTS)
                .forEach(each -> report.note(line(each.getKey(), each.getValue())));
        boolean equal = !airports.isEmpty() && airports.equals(direct.airports());
        report.check(
                "merge its answers",
                airports.size() + " airports",
                "",
                equal
                        ? "equal to a direct computation over " + Units.count(flights) + " flights"
                        : "differs from a direct computation: " + airports.size() + " airports, "
                                + direct.airports().size() + " directly",
                equal);
    }

    private static String line(String code, DelayStatistics.Airport airport) {
        return String.format(
                Locale.ROOT,
                "%s  %,7d flights, %5.1f min late on average, %4.1f %% more than %d min",
                code,
                airport.flights(),
                (double) airport.sumMinutes() / airport.flights(),
                100.0 * airport.late() / airport.flights(),
                DelayStatistics.LATE_MINUTES);
    }

    private void tellOfNodes(TaskStatus status) {
        Map<String, Integer> counts = new java.util.TreeMap<>();
        if (status.splits() != null) {
            status.splits().forEach(split -> counts.merge(String.valueOf(split.node()), 1, Integer::sum));
        }
        List<String> parts = new ArrayList<>();
        counts.forEach((node, count) -> parts.add(count + " on " + node));
        report.note("task " + status.id() + ": " + String.join(", ", parts));
    }

    /** The archive of classes that the launcher made fits any JVM with this class path. */
    private static List<String> jvmOptions() {
        List<String> options = new ArrayList<>(JVM_OPTIONS);
        java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:SharedArchiveFile="))
                .forEach(options::add);
        return options;
    }
}
