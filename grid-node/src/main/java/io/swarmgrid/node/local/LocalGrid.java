package io.swarmgrid.node.local;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Nodes {@code n1}, {@code n2}, ... on free loopback ports, with their data and logs below one directory. */
public final class LocalGrid implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private final List<NodeProcess> nodes;
    private final List<String> seeds;
    private final Thread hook;

    private LocalGrid(List<NodeProcess> nodes, List<String> seeds) {
        this.seeds = List.copyOf(seeds);
        this.nodes = List.copyOf(nodes);
        this.hook = new Thread(() -> this.nodes.forEach(NodeProcess::destroyNow), "local-grid-end");
    }

    /**
     * Starts the processes and waits until each takes calls.
     *
     * @param overrides configuration of every node, dotted key to text
     * @throws GridException UNAVAILABLE with a log's end when a node does not come up; nothing is left running then
     */
    public static LocalGrid start(Path directory, int count, Map<String, String> overrides)
            throws InterruptedException {
        List<Integer> ports = Ports.free(count * 4);
        List<String> seeds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            seeds.add("127.0.0.1:" + ports.get(i * 4 + 1));
        }
        List<NodeProcess> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(process(directory, "n" + (i + 1), ports.subList(i * 4, i * 4 + 4), seeds, overrides));
        }
        LocalGrid grid = new LocalGrid(nodes, seeds);
        Runtime.getRuntime().addShutdownHook(grid.hook);
        boolean started = false;
        try {
            nodes.forEach(NodeProcess::start);
            for (NodeProcess node : nodes) {
                node.awaitReady(START_PATIENCE);
            }
            started = true;
            return grid;
        } finally {
            if (!started) {
                grid.close();
            }
        }
    }

    public List<NodeProcess> nodes() {
        return nodes;
    }

    /** The Flight doors of all nodes. */
    public List<String> addresses() {
        return nodes.stream().map(NodeProcess::address).toList();
    }

    /** What a further node joins by: {@code grid.seeds} of all. */
    public List<String> seeds() {
        return seeds;
    }

    /** @throws IllegalArgumentException where no node has that name */
    public NodeProcess node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + name));
    }

    @Override
    public void close() {
        nodes.forEach(NodeProcess::requestStop);
        nodes.forEach(NodeProcess::close);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out already, and the hook has run or will.
        }
    }

    private static NodeProcess process(
            Path directory, String name, List<Integer> ports, List<String> seeds, Map<String, String> overrides) {
        Path data = directory.resolve(name);
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new GridException(ErrorCode.NO_SPACE, "cannot make " + data + ": " + e.getMessage(), e);
        }
        Map<String, String> settings = new TreeMap<>(overrides);
        settings.put("node.name", name);
        settings.put("node.data", data.toString());
        String[] doors = {"flight", "grid", "transport", "http"};
        for (int i = 0; i < doors.length; i++) {
            settings.put("listen." + doors[i], "127.0.0.1:" + ports.get(i));
        }
        if (seeds.size() > 1) {
            settings.put("grid.seeds", String.join(",", seeds));
        }
        List<String> arguments = new ArrayList<>(List.of("node"));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return new NodeProcess(name, "127.0.0.1:" + ports.get(0), arguments, directory.resolve(name + ".log"));
    }
}
