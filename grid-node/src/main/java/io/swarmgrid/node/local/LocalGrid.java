package io.swarmgrid.node.local;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Nodes {@code n1}, {@code n2}, ... on free loopback ports, with their data and logs below one directory. */
public final class LocalGrid implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String[] DOORS = {"flight", "grid", "transport", "http"};
    private static final int GRID_DOOR = 1;
    private static final int HTTP_DOOR = 3;
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final List<NodeProcess> nodes;
    private final List<String> seeds;
    private final Thread hook;

    private LocalGrid(Path directory, List<NodeProcess> nodes, List<String> seeds) {
        this.directory = directory;
        this.seeds = List.copyOf(seeds);
        this.nodes = new CopyOnWriteArrayList<>(nodes);
        this.hook = new Thread(() -> this.nodes.forEach(NodeProcess::destroyNow), "local-grid-end");
    }

    /**
     * Where a node runs.
     *
     * @param address of this machine, on which it listens
     * @param through the command that it is started through, such as one that enters a network namespace; none
     *     where it is empty
     * @param overrides its configuration, dotted key to text
     */
    public record Host(String address, List<String> through, Map<String, String> overrides) {
        public Host {
            through = List.copyOf(through);
            overrides = Map.copyOf(overrides);
        }

        public static Host loopback(Map<String, String> overrides) {
            return new Host(LOOPBACK, List.of(), overrides);
        }
    }

    /**
     * Starts the processes on loopback and waits until each takes calls.
     *
     * @param overrides configuration of every node, dotted key to text
     * @throws GridException UNAVAILABLE with a log's end when a node does not come up; nothing is left running then
     */
    public static LocalGrid start(Path directory, int count, Map<String, String> overrides)
            throws InterruptedException {
        return start(directory, Collections.nCopies(count, Host.loopback(overrides)));
    }

    /** The same with nodes that differ. */
    public static LocalGrid start(Path directory, List<Host> hosts) throws InterruptedException {
        List<List<String>> doors = doors(hosts);
        List<String> seeds = doors.stream().map(each -> each.get(GRID_DOOR)).toList();
        List<NodeProcess> nodes = new ArrayList<>();
        List<String> others = seeds.size() > 1 ? seeds : List.of();
        for (int i = 0; i < hosts.size(); i++) {
            nodes.add(process(directory, "n" + (i + 1), hosts.get(i), doors.get(i), others));
        }
        LocalGrid grid = new LocalGrid(directory, nodes, seeds);
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

    /**
     * Starts a further node, which joins by the others and belongs to this grid from then on, and waits until it takes calls.
     *
     * @throws GridException UNAVAILABLE with its log's end when it does not come up
     */
    public NodeProcess join(Host host) throws InterruptedException {
        List<String> own = doors(List.of(host)).get(0);
        NodeProcess node = process(directory, "n" + (nodes.size() + 1), host, own, seeds);
        nodes.add(node);
        node.start();
        node.awaitReady(START_PATIENCE);
        return node;
    }

    public List<NodeProcess> nodes() {
        return List.copyOf(nodes);
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

    /** Free ones for each. */
    private static List<List<String>> doors(List<Host> hosts) {
        List<Integer> ports = Ports.free(hosts.size() * DOORS.length);
        List<List<String>> doors = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            String address = hosts.get(i).address();
            doors.add(ports.subList(i * DOORS.length, (i + 1) * DOORS.length).stream()
                    .map(port -> address + ":" + port)
                    .toList());
        }
        return doors;
    }

    private static NodeProcess process(Path directory, String name, Host host, List<String> doors, List<String> seeds) {
        Path data = directory.resolve(name);
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new GridException(ErrorCode.NO_SPACE, "cannot make " + data + ": " + e.getMessage(), e);
        }
        Map<String, String> settings = new TreeMap<>(host.overrides());
        settings.put("node.name", name);
        settings.put("node.data", data.toString());
        for (int i = 0; i < DOORS.length; i++) {
            settings.put("listen." + DOORS[i], doors.get(i));
        }
        if (!seeds.isEmpty()) {
            settings.put("grid.seeds", String.join(",", seeds));
        }
        List<String> words = new ArrayList<>(List.of("node"));
        settings.forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
        return new NodeProcess(
                name,
                doors.get(0),
                doors.get(HTTP_DOOR),
                new NodeProcess.Command(host.through(), words),
                directory.resolve(name + ".log"));
    }
}
