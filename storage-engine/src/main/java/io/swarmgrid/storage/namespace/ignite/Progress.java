package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RecoverResult.Counts;
import io.swarmgrid.client.wire.RecoverResult.NodeShare;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import java.util.List;
import java.util.function.BooleanSupplier;

/** How far a recovery, or a restore, is. Told by the thread that does it; any thread asks. */
final class Progress {
    private static final int MAX_PROBLEMS = 1000;

    private final String id;
    private final BooleanSupplier closed;
    private volatile Seen seen = new Seen(RecoverResult.RUNNING, "beginning", List.of(), Counts.NONE, List.of());

    private record Seen(String state, String phase, List<NodeShare> nodes, Counts counts, List<Problem> problems) {}

    /** @param closed whether the grid takes no changes now */
    Progress(String id, BooleanSupplier closed) {
        this.id = id;
        this.closed = closed;
    }

    String id() {
        return id;
    }

    RecoverResult result() {
        Seen now = seen;
        List<Problem> first = now.problems.subList(0, Math.min(MAX_PROBLEMS, now.problems.size()));
        int more = now.problems.size() - first.size();
        return new RecoverResult(id, now.state, now.phase, closed.getAsBoolean(), now.nodes, now.counts, first, more);
    }

    void phase(String what) {
        phase(what, seen.nodes);
    }

    /** @param nodes what was read so far */
    void phase(String what, List<NodeShare> nodes) {
        seen = new Seen(RecoverResult.RUNNING, what, List.copyOf(nodes), Counts.NONE, List.of());
    }

    void done(Counts counts, List<Problem> problems) {
        seen = new Seen(RecoverResult.DONE, "done", seen.nodes, counts, problems);
    }

    void fail(String why) {
        seen = new Seen(RecoverResult.FAILED, why, seen.nodes, seen.counts, seen.problems);
    }
}
