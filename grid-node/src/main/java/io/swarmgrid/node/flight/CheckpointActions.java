package io.swarmgrid.node.flight;

import io.swarmgrid.checkpoint.CheckpointService;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.Aborted;
import io.swarmgrid.client.wire.CheckpointBegin;
import io.swarmgrid.client.wire.CheckpointCommit;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.SeriesRequest;
import io.swarmgrid.client.wire.SessionRequest;
import io.swarmgrid.client.wire.StepRequest;
import io.swarmgrid.storage.namespace.CallerPaths;

/** The actions {@code checkpoint.*}. Thread-safe. */
final class CheckpointActions {
    private final CheckpointService checkpoints;

    CheckpointActions(Services services) {
        this.checkpoints = services.checkpoints();
    }

    void addTo(ActionTable table) {
        table.add(
                "checkpoint.begin",
                "Begin a step: {series, step, shards, replicas}",
                Grant.WRITE,
                CheckpointBegin.class,
                (call, ask) -> {
                    CallerPaths.parse(ask.series());
                    return checkpoints.begin(call, ask);
                });
        table.add(
                "checkpoint.commit",
                "Make a step visible: {session, metadata}",
                Grant.WRITE,
                CheckpointCommit.class,
                checkpoints::commit);
        table.add(
                "checkpoint.abort", "Give a session up: {session}", Grant.WRITE, SessionRequest.class, (call, ask) -> {
                    checkpoints.abort(ask);
                    return new Aborted(true);
                });
        table.add(
                "checkpoint.list",
                "The complete steps, latest first: {series, page_size, page_token}",
                Grant.READ,
                SeriesRequest.class,
                (call, ask) -> {
                    CallerPaths.parse(ask.series());
                    return checkpoints.list(call, ask);
                });
        table.add(
                "checkpoint.info",
                "A step, or the latest: {series, step}",
                Grant.READ,
                StepRequest.class,
                (call, ask) -> {
                    CallerPaths.parse(ask.series());
                    return checkpoints.info(call, ask);
                });
        table.add("checkpoint.remove", "Remove a step: {series, step}", Grant.WRITE, StepRequest.class, (call, ask) -> {
            CallerPaths.parse(ask.series());
            checkpoints.remove(call, ask);
            return new Removed(true);
        });
    }
}
