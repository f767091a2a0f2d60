package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.HostPort;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.membership.EngineConfiguration.EngineDoors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.IgniteSystemProperties;
import org.apache.ignite.Ignition;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.internal.IgniteEx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * What is tried again, until grid.join-timeout: a seed that does not answer; a name that is still taken by this node's own
 * former life, whose death the grid is about to notice; and an incompatible baseline, which a grid that is just coming
 * back reports as long as its first node is one that missed the last changes: that node steps aside (MetadataEngine).
 */
/** Starts Ignite and turns its refusals into ours. Confined to one thread at a time. */
final class EngineStarter {
    private static final Logger LOG = LoggerFactory.getLogger(EngineStarter.class);
    private static final String HOME = IgniteSystemProperties.IGNITE_HOME;
    private static final long RETRY_MS = 500;
    private static final int FREE_PORT_RANGE = 20;

    private final SwarmConfig config;
    private final DataDirectory directory;
    private final String flightLocation;
    private final List<CacheConfiguration<?, ?>> caches;
    private final EngineDoors doors;
    private final Seeds seeds;

    EngineStarter(
            SwarmConfig config, DataDirectory directory, String flightLocation, List<CacheConfiguration<?, ?>> caches) {
        this.config = config;
        this.directory = directory;
        this.flightLocation = flightLocation;
        this.caches = List.copyOf(caches);
        HostPort grid = withPort("listen.grid", config.listen().grid());
        HostPort transport = withPort("listen.transport", config.listen().transport());
        boolean anyPort = config.listen().transport().port() == 0;
        this.doors = new EngineDoors(grid, transport, anyPort ? FREE_PORT_RANGE : 0);
        this.seeds = new Seeds(config, grid);
    }

    Seeds seeds() {
        return seeds;
    }

    /** @param admission asked by Ignite before it lets other nodes in */
    IgniteEx start(GridAdmission admission, EngineFailure failure) throws InterruptedException {
        settle();
        ClassNames.tidy(directory.metadata());
        boolean joinsOnly = !seeds.founder() && directory.gridId().isEmpty();
        long deadline = System.nanoTime() + config.grid().joinTimeout().toNanos();
        while (true) {
            try {
                IgniteEx ignite = (IgniteEx) Ignition.start(configuration(admission, failure));
                if (!joinsOnly || ignite.cluster().forServers().nodes().size() > 1) {
                    TakenIn.attach(ignite);
                    return ignite;
                }
                stop(ignite);
                awaitSeed(deadline);
            } catch (IgniteException e) {
                refused(e, System.nanoTime() > deadline);
                Thread.sleep(RETRY_MS);
            }
        }
    }

    /**
     * What reads a dump makes a directory in the engine's home, or in the current directory where there is none. One for the process,
     * and only before the engine was used first.
     */
    private void settle() {
        if (System.getProperty(HOME) == null) {
            System.setProperty(HOME, directory.metadata().toString());
        }
    }

    static void stop(Ignite ignite) {
        Ignition.stop(ignite.name(), true);
    }

    private IgniteConfiguration configuration(GridAdmission admission, EngineFailure failure) {
        String version = EngineStarter.class.getPackage().getImplementationVersion();
        return new EngineConfiguration(config, directory)
                .attribute(Attributes.FLIGHT, flightLocation)
                .attribute(Attributes.VERSION, version == null ? "unpacked" : version)
                .build(seeds, doors, caches)
                .setPluginProviders(admission)
                .setFailureHandler(failure);
    }

    private void awaitSeed(long deadline) throws InterruptedException {
        do {
            if (System.nanoTime() > deadline) {
                throw noSeed();
            }
            Thread.sleep(RETRY_MS);
        } while (!seeds.anyReachable());
    }

    private GridException noSeed() {
        return new GridException(
                ErrorCode.UNAVAILABLE,
                "no seed let this node into grid '" + config.grid().name() + "' within "
                        + config.grid().joinTimeout().toSeconds() + " s: grid.seeds=" + seeds.all(),
                null,
                "start a seed, or correct grid.seeds"
                        + (config.security().tls().isPresent()
                                ? "; or the seeds do not take this node's security.tls.cert: it must be from an"
                                        + " authority in their security.tls.ca"
                                : ""),
                null);
    }

    /** Throws what the failure means, or returns where it is worth another try. */
    private void refused(IgniteException failure, boolean late) {
        String text = messages(failure);
        // Ignite's own words for two nodes of one consistent id; it may be asked before our admission is.
        boolean nameTaken = text.contains(GridAdmission.NAME_TAKEN) || text.contains("same hash code");
        Optional<String> refusal =
                nameTaken ? Optional.of("a node named '" + config.nodeName() + "' is in the grid") : refusal(text);
        boolean votersChange = text.contains(GridAdmission.REFUSAL + GridAdmission.VOTERS_CHANGE);
        boolean transientRefusal = nameTaken || votersChange || text.contains("BaselineTopology");
        if (transientRefusal && !late) {
            LOG.info("grid does not take this node yet, trying again: {}", refusal.orElse("incompatible baseline"));
            return;
        }
        if (votersChange) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "the grid does not let node '" + config.nodeName() + "' in: " + refusal.orElse(text),
                    null,
                    "look at the other nodes: a change of the voters takes a moment, if they all answer",
                    failure);
        }
        if (refusal.isPresent()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "node '" + config.nodeName() + "' may not join: " + refusal.get(),
                    null,
                    "check grid.name, grid.seeds, node.name and node.data of this node",
                    failure);
        }
        if (text.contains("BaselineTopology")) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the metadata of node '" + config.nodeName() + "' has gone another way than the grid's",
                    directory.metadata().toString(),
                    "move the metadata directory aside and start the node with --recover: it then joins as a new one and"
                            + " keeps its blocks",
                    failure);
        }
        if (text.contains("SSLException") || text.contains("secure connection")) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "node '" + config.nodeName() + "' and the nodes at grid.seeds=" + seeds.all()
                            + " do not trust each other's certificates: " + text,
                    null,
                    "security.tls.cert of each must be from an authority in security.tls.ca of the others",
                    failure);
        }
        if (text.contains("Address already in use") || text.contains("Failed to bind")) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot listen: listen.grid=" + doors.grid() + ", listen.transport=" + doors.transport()
                            + ": address already in use",
                    null,
                    "stop what listens there, or change the address",
                    failure);
        }
        throw new GridException(ErrorCode.INTERNAL, "metadata engine does not start: " + text, failure);
    }

    private static Optional<String> refusal(String text) {
        int start = text.indexOf(GridAdmission.REFUSAL);
        if (start < 0) {
            return Optional.empty();
        }
        String rest = text.substring(start + GridAdmission.REFUSAL.length());
        return Optional.of(rest.split(";|\n", 2)[0]);
    }

    private static String messages(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            text.append(cause.getMessage()).append("; ");
        }
        return text.toString();
    }

    /** The address with its port, which is free right now: Ignite itself says in a page that it is not. */
    private static HostPort withPort(String key, HostPort configured) {
        try (ServerSocket socket = new ServerSocket(configured.port(), 1, InetAddress.getByName(configured.host()))) {
            return configured.withPort(socket.getLocalPort());
        } catch (IOException e) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot listen: " + key + "=" + configured + ": " + e.getMessage(),
                    null,
                    "stop what listens there, or change " + key,
                    e);
        }
    }
}
