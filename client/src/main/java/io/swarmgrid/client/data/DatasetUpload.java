package io.swarmgrid.client.data;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.Aborted;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.client.wire.SessionRequest;
import java.io.IOException;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * Puts datasets: what is put becomes visible as a whole, after its last batch, or not at all. Thread-safe.
 *
 * <p>A put is a session of its own, so that the step that makes it visible is a call without data, which may be made again
 * when its answer was lost.
 */
public final class DatasetUpload {
    /** Batches that can be had again from the first one on. */
    @FunctionalInterface
    public interface Source {
        /** Opens the batches; whoever calls closes the reader. */
        ArrowReader open() throws IOException;
    }

    private static final int ATTEMPTS = 3;

    private final GridClient client;

    public DatasetUpload(GridClient client) {
        this.client = client;
    }

    /**
     * Puts the batches that are left in a reader, which stays the caller's. They can be had only once, so a put whose node
     * dies in the middle fails, and leaves nothing.
     *
     * @param put where and how; without a {@code putId} it gets one; no {@code session}
     * @param progress told of the rows that were sent, after each message
     * @throws GridException as the grid answers; UNAVAILABLE where nothing was stored; UNKNOWN_OUTCOME where it could not
     *     be found out
     */
    public PutResult put(DatasetPut put, ArrowReader batches, LongConsumer progress) throws IOException {
        SessionInfo session = begin(named(put));
        try {
            send(session, batches, progress);
        } catch (Broken e) {
            abort(session);
            throw new GridException(
                    e.error.code(), "nothing was stored, the put broke off: " + e.getMessage(), put.path(), null, e);
        } catch (IOException | RuntimeException | Error e) {
            abort(session);
            throw e;
        }
        return commit(session);
    }

    /**
     * Puts batches that can be had again: where a node dies in the middle, the put is made once more from the beginning.
     *
     * @param progress as above; told of a negative number of rows where they have to be sent again
     */
    public PutResult putAgainIfBroken(DatasetPut put, Source source, LongConsumer progress) throws IOException {
        DatasetPut named = named(put);
        for (int attempt = 1; ; attempt++) {
            SessionInfo session = begin(named);
            long[] sent = {0};
            try (ArrowReader batches = source.open()) {
                send(session, batches, rows -> {
                    sent[0] += rows;
                    progress.accept(rows);
                });
                return commit(session);
            } catch (Broken e) {
                abort(session);
                if (attempt == ATTEMPTS) {
                    throw new GridException(
                            e.error.code(),
                            "nothing was stored, the put broke off " + ATTEMPTS + " times: " + e.getMessage(),
                            put.path(),
                            null,
                            e);
                }
                progress.accept(-sent[0]);
                GridClient.pause(attempt);
            } catch (IOException | RuntimeException | Error e) {
                abort(session);
                throw e;
            }
        }
    }

    private SessionInfo begin(DatasetPut put) {
        if (put.session() != null) {
            throw GridException.invalid("a put of its own belongs to no session: " + put.session());
        }
        return client.action("dataset.begin", put, SessionInfo.class);
    }

    private void send(SessionInfo session, ArrowReader batches, LongConsumer progress) throws IOException, Broken {
        DatasetPut part = new DatasetPut(session.session(), null, null, null, null, null, null, null);
        new PutStream(client, Commands.encode("dataset.put", part), progress).send(batches);
    }

    private PutResult commit(SessionInfo session) {
        return client.action("dataset.commit", new SessionRequest(session.session()), PutResult.class);
    }

    private void abort(SessionInfo session) {
        try {
            client.action("dataset.abort", new SessionRequest(session.session()), Aborted.class);
        } catch (GridException e) {
            // It expires by itself.
        }
    }

    private static DatasetPut named(DatasetPut put) {
        if (put.putId() != null) {
            return put;
        }
        return new DatasetPut(
                put.session(),
                put.path(),
                put.mode(),
                UUID.randomUUID().toString(),
                put.partitionRows(),
                put.partitionBy(),
                put.replicas(),
                put.compression());
    }
}
