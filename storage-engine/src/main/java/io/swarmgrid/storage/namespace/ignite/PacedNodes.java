package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.ClusterGroup;

/**
 * Has nodes read some of their copies of the metadata, all at once, and gives them a rest after each time: it is done daily, beside the
 * grid's work. So a node is at it with one thread for a quarter of the time at most, however much there is; and what a node reads at a
 * time is what {@link CheckRun} and {@link Aligning} ask for: a few partitions, or a page. Confined to one thread.
 */
final class PacedNodes {
    /** For one time; a node that is lost is noticed long before. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Ignite ignite;
    private final Pace pace;

    PacedNodes(Ignite ignite, Pace pace) {
        this.ignite = ignite;
        this.pace = pace;
    }

    /** @throws GridException what any of them threw */
    List<byte[]> askAll(Step step) throws InterruptedException {
        return ask(ignite.cluster().forServers(), step);
    }

    /**
     * Those of these nodes that are here.
     *
     * @throws GridException what any of them threw
     */
    List<byte[]> ask(Set<String> names, Step step) throws InterruptedException {
        return ask(
                ignite.cluster()
                        .forServers()
                        .forPredicate(node -> names.contains(node.consistentId().toString())),
                step);
    }

    private List<byte[]> ask(ClusterGroup nodes, Step step) throws InterruptedException {
        return pace.rested(() -> {
            try {
                return ignite.compute(nodes).withTimeout(PATIENCE.toMillis()).broadcast(step).stream()
                        .map(Step::open)
                        .toList();
            } catch (IgniteException e) {
                throw IgniteErrors.translate(e, false);
            }
        });
    }
}
