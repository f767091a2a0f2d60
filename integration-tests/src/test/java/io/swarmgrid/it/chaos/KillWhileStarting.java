package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;

/** SIGKILL, and again at a point of the node's way back that its log tells of. */
final class KillWhileStarting implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String logLine;

    /** @param logLine a part of a line that a node logs while it starts */
    KillWhileStarting(String logLine) {
        this.logLine = logLine;
    }

    @Override
    public Company company() {
        return Company.ONE_BY_ONE;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        NodeProcess node = arena.nodes().stream()
                .filter(each -> !each.isAlive())
                .findFirst()
                .orElseGet(() -> arena.anyNode(random));
        node.kill();
        long before = count(node);
        node.start();
        Awaitility.await("node says: " + logLine)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> count(node) > before || !node.isAlive());
        boolean struck = node.isAlive();
        node.kill();
        return struck;
    }

    @Override
    public String name() {
        return "KillWhileStarting at \"" + logLine + "\"";
    }

    private long count(NodeProcess node) throws Exception {
        return Files.readString(node.log())
                .lines()
                .filter(line -> line.contains(logLine))
                .count();
    }
}
