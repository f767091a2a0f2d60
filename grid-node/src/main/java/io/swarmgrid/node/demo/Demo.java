package io.swarmgrid.node.demo;

import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Progress;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.Units;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The six steps. One thread runs it; {@link #close} may come from another one. */
final class Demo implements AutoCloseable {
    static final String DATASET = "/datasets/flights";
    static final int NODES = 3;
    static final int REPLICAS = 2;

    /** A lost node is given up after seconds instead of minutes: the demo is not a night long. */
    private static final Map<String, String> SETTINGS = Map.of(
            "grid.name", "demo",
            "repair.node-grace", "3s",
            "repair.join-grace", "1s",
            "repair.interval", "500ms");

    private static final long WHOLE_PATIENCE_NANOS = 60_000_000_000L;
    private static final long POLL_MS = 200;

    private final Path source;
    private final Path directory;
    private final Output output;
    private final Report report;
    private volatile @Nullable LocalGrid grid;

    Demo(Path source, Path directory, Output output, Report report) {
        this.source = source;
        this.directory = directory;
        this.output = output;
        this.report = report;
    }

    void run() throws Exception {
        report.step("A grid of " + NODES + " nodes, each a JVM of its own, in " + directory);
        long start = System.nanoTime();
        LocalGrid nodes = LocalGrid.start(directory, NODES, SETTINGS);
        grid = nodes;
        try (Session session = Session.connect(nodes.addresses(), output)) {
            awaitWhole(session, start);
            Flights flights = new Flights(session, source, output, report);
            report.step("Real flights into " + DATASET);
            flights.ingest();
            report.step("Read back through Flight, endpoints in parallel");
            flights.readBack();
            report.step("Delay statistics by airport, computed where the bytes lie");
            new DelayTask(session, source, output, report).run();
            report.step("A checkpoint of " + CheckpointStep.SHARDS + " shards, and one whose commit never comes");
            new CheckpointStep(session, output, report).run();
            report.step("A node killed in the middle of a read");
            new NodeLoss(session, nodes, flights, output, report).run();
        }
    }

    private void awaitWhole(Session session, long startNanos) throws InterruptedException {
        GridStatus status = session.call("grid.status", new Nothing(), GridStatus.class);
        while (!isWhole(status) && System.nanoTime() - startNanos < WHOLE_PATIENCE_NANOS) {
            Thread.sleep(POLL_MS);
            status = session.call("grid.status", new Nothing(), GridStatus.class);
        }
        long nanos = System.nanoTime() - startNanos;
        for (NodeStatus node : status.nodes()) {
            report.note(node.name() + "  " + node.location() + "  pid " + node.pid() + "  " + node.state());
        }
        report.check(
                "start " + NODES + " nodes",
                NODES + " JVMs",
                Units.nanos(nanos),
                upNodes(status).size() + " of " + NODES + " nodes up, quorum " + (status.quorum() ? "yes" : "no"),
                isWhole(status));
    }

    static boolean isWhole(GridStatus status) {
        return status.quorum() && upNodes(status).size() == NODES;
    }

    static List<String> upNodes(GridStatus status) {
        return status.nodes().stream()
                .filter(node -> node.state().equals("up"))
                .map(NodeStatus::name)
                .collect(Collectors.toList());
    }

    /** Bars of the demo: from the first moment on, under their step. */
    static Progress.Style bars(Output output) {
        return output.progress().eager().withIndent("   ");
    }

    @Override
    public void close() {
        LocalGrid nodes = grid;
        if (nodes != null) {
            nodes.close();
        }
    }

    static String nodeOf(LocalGrid grid, String location) {
        return grid.nodes().stream()
                .filter(node -> location.endsWith(node.address()))
                .map(NodeProcess::name)
                .findFirst()
                .orElse(location);
    }
}
