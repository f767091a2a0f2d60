package io.swarmgrid.node.flight;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.Aborted;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.client.wire.SessionRequest;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.namespace.CallerPaths;

/** The actions {@code dataset.*}. Thread-safe. */
final class DatasetActions {
    private final DatasetStore datasets;

    DatasetActions(Services services) {
        this.datasets = services.datasets();
    }

    void addTo(ActionTable table) {
        table.add(
                "dataset.info",
                "Columns and partition files: {path}",
                Grant.READ,
                PathRequest.class,
                (call, ask) -> datasets.info(call, CallerPaths.parse(ask.path())));
        table.add(
                "dataset.begin",
                "Begin a put by several writers: {path, mode, put_id, replicas, compression, partition_rows, partition_by}",
                Grant.WRITE,
                DatasetPut.class,
                this::begin);
        table.add(
                "dataset.commit",
                "Make a session visible: {session}",
                Grant.WRITE,
                SessionRequest.class,
                (call, ask) -> datasets.commit(call, ask.session()));
        table.add("dataset.abort", "Give a session up: {session}", Grant.WRITE, SessionRequest.class, (call, ask) -> {
            datasets.abort(ask.session());
            return new Aborted(true);
        });
    }

    private SessionInfo begin(CallContext call, DatasetPut ask) {
        if (ask.path() == null || ask.session() != null) {
            throw GridException.invalid("dataset.begin: names a 'path' and no 'session'");
        }
        CallerPaths.parse(ask.path());
        return datasets.begin(call, ask);
    }
}
