package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RunResult;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A kind of run that a node is at for long: one call begins it, and the same one asks after it until it has ended.
 *
 * @param label of its progress
 * @param askAfter the request that asks after a run, by its id
 */
record AwaitedRun<R extends RunResult>(
        String operation, String label, Class<R> answer, Function<String, Object> askAfter) {
    /** Begins one and returns what it came to; nobody knows how much there is to do. */
    R await(Session session, Object begin) {
        return await(session, begin, "looks", (progress, now) -> progress.at(progress.done() + 1, 0, now.phase()));
    }

    /** Begins one and returns what it came to, in whatever way it ended. */
    R await(Session session, Object begin, String unit, BiConsumer<Progress, R> show) {
        R result = session.call(operation, begin, answer);
        try (Progress progress = Progress.ofItems(session.output().progress(), label, 0, unit)) {
            while (result.state().equals(RecoverResult.RUNNING)) {
                show.accept(progress, result);
                result = session.call(operation, askAfter.apply(result.run()), answer);
            }
        }
        return result;
    }
}
