package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace for every node, on one bridge, so that the wire between any two can be cut in either direction: the
 * sender is told an address of the link layer that nobody has, and what it sends is heard by nobody, as on a broken wire.
 * The test itself reaches every node all the time. All of it is this test's own, and goes with it.
 */
final class Wires implements AutoCloseable {
    /** What is said where there are none. */
    static final String LACKING = "NOT RUN: cuts of the network, which need root and iproute2";

    private static final int FIRST_HOST = 11;
    private static final String NOBODY = "02:00:00:00:00:ff";
    private static final long PATIENCE_SECONDS = 20;

    /** Names and addresses are of this process, so that two runs beside each other do not meet. */
    private final String prefix = "sw" + ProcessHandle.current().pid() % 1_000_000;

    private final String net = "10.213." + ProcessHandle.current().pid() % 250 + ".";
    private final int count;
    private final Thread hook = new Thread(this::remove, "wires-end");

    private Wires(int count) {
        this.count = count;
    }

    /** Lays them; empty where this machine or this user cannot. */
    static Optional<Wires> lay(int nodes) throws InterruptedException {
        Wires wires = new Wires(nodes);
        boolean laid = false;
        try {
            wires.lay();
            laid = true;
            Runtime.getRuntime().addShutdownHook(wires.hook);
            return Optional.of(wires);
        } catch (IOException e) {
            System.out.println(LACKING + ": " + e.getMessage());
            return Optional.empty();
        } finally {
            if (!laid) {
                wires.remove();
            }
        }
    }

    /** Where node {@code n} (from 0) is to run. */
    LocalGrid.Host host(int n, Map<String, String> overrides) {
        return new LocalGrid.Host(address(n), List.of("ip", "netns", "exec", namespace(n)), overrides);
    }

    int count() {
        return count;
    }

    /** From now on nothing that the one sends arrives at the other. */
    void cut(int from, int to) throws IOException, InterruptedException {
        ip("-n", namespace(from), "neigh", "replace", address(to), "lladdr", NOBODY, "dev", "eth0", "nud", "permanent");
    }

    void mend(int from, int to) throws IOException, InterruptedException {
        ip("-n", namespace(from), "neigh", "del", address(to), "dev", "eth0");
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out already.
        }
    }

    private void lay() throws IOException, InterruptedException {
        ip("link", "add", bridge(), "type", "bridge");
        ip("addr", "add", net + "1/24", "dev", bridge());
        ip("link", "set", bridge(), "up");
        for (int n = 0; n < count; n++) {
            ip("netns", "add", namespace(n));
            ip("link", "add", cable(n), "type", "veth", "peer", "name", "eth0", "netns", namespace(n));
            ip("link", "set", cable(n), "master", bridge(), "up");
            ip("-n", namespace(n), "addr", "add", address(n) + "/24", "dev", "eth0");
            ip("-n", namespace(n), "link", "set", "eth0", "up");
            ip("-n", namespace(n), "link", "set", "lo", "up");
        }
    }

    /** What is there of it. */
    private void remove() {
        for (int n = 0; n < count; n++) {
            tryIp("netns", "del", namespace(n));
            tryIp("link", "del", cable(n));
        }
        tryIp("link", "del", bridge());
    }

    private String bridge() {
        return prefix + "br";
    }

    private String cable(int n) {
        return prefix + "v" + n;
    }

    private String namespace(int n) {
        return prefix + "n" + (n + 1);
    }

    private String address(int n) {
        return net + (FIRST_HOST + n);
    }

    private static void tryIp(String... words) {
        try {
            ip(words);
        } catch (IOException e) {
            // It was not there.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void ip(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(words));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new UncheckedIOException(new IOException(String.join(" ", command) + " does not end"));
        }
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
    }
}
