package io.swarmgrid.qos;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/**
 * Orders the live holders of an endpoint, best first: the node that answers, where it is one of them (many clients try
 * only the first location, and they are connected to it already), then holders on the caller's own host, then holders in
 * the zone of the node that answers, then the rest. Equals take turns, so that readers of one block do not all end at
 * one node. Thread-safe.
 */
public final class ReplicaOrder {
    private final String localNode;
    private final String localZone;
    private final AtomicInteger turn = new AtomicInteger();

    public ReplicaOrder(String localNode, String localZone) {
        this.localNode = localNode;
        this.localZone = localZone;
    }

    /** A node that can serve the bytes; {@code location} is its Flight address. */
    public record Candidate(String node, String zone, String location) {}

    /**
     * The candidates in the order in which they should be tried.
     *
     * @param callerHost the address the call came from; empty if not known
     */
    public List<Candidate> order(List<Candidate> candidates, String callerHost) {
        return ordered(
                candidates, candidate -> candidate.node().equals(localNode) ? 0 : distance(candidate, callerHost));
    }

    /**
     * The same for what is read so much that more nodes have it than have to: the node that answers is one like the others, also for those
     * who always ask the same one.
     */
    public List<Candidate> spread(List<Candidate> candidates, String callerHost) {
        return ordered(candidates, candidate -> distance(candidate, callerHost));
    }

    private List<Candidate> ordered(List<Candidate> candidates, ToIntFunction<Candidate> cost) {
        if (candidates.size() < 2) {
            return List.copyOf(candidates);
        }
        List<Candidate> turned = new ArrayList<>(candidates);
        Collections.rotate(turned, Math.floorMod(turn.getAndIncrement(), turned.size()));
        turned.sort(Comparator.comparingInt(cost));
        return List.copyOf(turned);
    }

    private int distance(Candidate candidate, String callerHost) {
        if (!callerHost.isEmpty()
                && callerHost.equals(URI.create(candidate.location()).getHost())) {
            return 1;
        }
        return candidate.zone().equals(localZone) ? 2 : 3;
    }
}
