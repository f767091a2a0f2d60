package io.swarmgrid.storage.membership;

import io.swarmgrid.config.HostPort;
import io.swarmgrid.config.SwarmConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The addresses at which a node looks for its grid. Immutable. */
final class Seeds {
    private static final int PROBE_MS = 1000;

    private final HostPort own;
    private final List<HostPort> seeds;
    private final boolean founder;

    /** Resolves the names of the seeds once, to find this node among them. */
    Seeds(SwarmConfig config, HostPort own) {
        this.own = own;
        this.seeds = List.copyOf(new LinkedHashSet<>(config.grid().seeds()));
        this.founder = seeds.isEmpty() || seeds.stream().anyMatch(seed -> isOwn(seed, config));
    }

    /** Whether this node may begin a grid: it has no seeds, or is one of them. */
    boolean founder() {
        return founder;
    }

    /** How many founders a grid of these seeds has. */
    int founders() {
        return Math.max(1, seeds.size());
    }

    /** Where Ignite is to look: the seeds and this node. */
    Set<String> addresses() {
        Set<String> addresses = new LinkedHashSet<>();
        seeds.forEach(seed -> addresses.add(seed.toString()));
        if (!own.isWildcard()) {
            addresses.add(own.toString());
        }
        return addresses;
    }

    /** Whether a seed takes connections now. */
    boolean anyReachable() {
        return seeds.stream().anyMatch(Seeds::reachable);
    }

    List<HostPort> all() {
        return seeds;
    }

    static boolean reachable(HostPort address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), PROBE_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isOwn(HostPort seed, SwarmConfig config) {
        if (seed.port() != own.port()) {
            return false;
        }
        if (seed.host().equals(own.host()) || seed.host().equals(config.advertisedHost())) {
            return true;
        }
        List<InetAddress> seedAddresses = resolve(seed.host());
        return own.isWildcard()
                ? seedAddresses.stream().anyMatch(Seeds::isOfThisMachine)
                : resolve(own.host()).stream().anyMatch(seedAddresses::contains);
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<InetAddress> resolve(String host) {
        try {
            return new ArrayList<>(List.of(InetAddress.getAllByName(host)));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
