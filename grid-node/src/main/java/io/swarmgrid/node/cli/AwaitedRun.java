package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RunResult;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

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
        R result = begin(session, begin);
        try (Progress progress = Progress.ofItems(session.output().progress(), label, 0, unit)) {
            return follow(session, result, now -> {
                show.accept(progress, now);
                return true;
            });
        }
    }

    /** Begins one, and returns when it has ended, or after a few seconds. */
    R begin(Session session, Object begin) {
        return session.call(operation, begin, answer);
    }

    /** Asks after one until it has ended, or the caller waits no longer. */
    R follow(Session session, R first, Predicate<R> goesOn) {
        R result = first;
        while (result.state().equals(RecoverResult.RUNNING) && goesOn.test(result)) {
            result = session.call(operation, askAfter.apply(result.run()), answer);
        }
        return result;
    }
}
