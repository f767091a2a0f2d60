package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.ClusterGroup;

/** Brings what a backup needs to the nodes that are up, and their answers back. Thread-safe. */
final class BackupNodes {
    /** Reading a part of a large grid takes its time; a node that is lost is noticed long before. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final Ignite ignite;

    BackupNodes(Ignite ignite) {
        this.ignite = ignite;
    }

    /** In order of name. */
    List<String> names() {
        return ignite.cluster().forServers().nodes().stream()
                .map(node -> node.consistentId().toString())
                .sorted()
                .toList();
    }

    /**
     * At once.
     *
     * @throws GridException what a node threw; UNAVAILABLE where one was lost meanwhile
     */
    List<BackupShare.Answer> all(BackupOrder order) {
        try {
            List<BackupShare.Answer> answers = new ArrayList<>();
            for (byte[] answer : ignite.compute(ignite.cluster().forServers())
                    .withTimeout(PATIENCE.toMillis())
                    .broadcast(new BackupStep(order))) {
                answers.add(answer(Step.open(answer)));
            }
            return answers;
        } catch (IgniteException e) {
            throw lost(e);
        }
    }

    /** @param node one that is up, by name */
    BackupShare.Answer one(String node, BackupOrder order) {
        return answer(ask(node, new BackupStep(order)));
    }

    byte[] ask(String node, Step step) {
        ClusterGroup group = ignite.cluster()
                .forServers()
                .forPredicate(each -> each.consistentId().toString().equals(node));
        if (group.nodes().isEmpty()) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "node " + node + " is not up", null, "start it, and ask again", null);
        }
        try {
            return Step.open(
                    ignite.compute(group).withTimeout(PATIENCE.toMillis()).call(step));
        } catch (IgniteException e) {
            throw lost(e);
        }
    }

    private static BackupShare.Answer answer(byte[] json) {
        return Json.read(json, BackupShare.Answer.class);
    }

    private static GridException lost(IgniteException e) {
        return new GridException(
                ErrorCode.UNAVAILABLE,
                "a node was lost, or silent, while it was at a backup: " + e.getMessage(),
                null,
                "see swarm grid status, and begin it again",
                e);
    }
}
