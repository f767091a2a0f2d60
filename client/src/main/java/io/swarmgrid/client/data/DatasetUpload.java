package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.Aborted;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.client.wire.SessionRequest;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * Puts datasets: what is put becomes visible as a whole, after the last batch of the last source, or not at all.
 * Thread-safe.
 *
 * <p>A put is a session of its own, so that the step that makes it visible is a call without data, which may be made again
 * when its answer was lost. A put with a {@code putId} that was committed before sends nothing and answers what was answered
 * then.
 */
public final class DatasetUpload {
    /** Batches that can be had again from the first one on. */
    @FunctionalInterface
    public interface Source {
        /** Opens the batches; whoever calls closes them. The second time they must be the same. */
        Batches open() throws IOException;
    }

    /** Batches, and what has to be closed after them. */
    public interface Batches extends AutoCloseable {
        ArrowReader reader();

        @Override
        void close() throws IOException;

        /** Of a reader that nothing else has to be closed for. */
        static Batches of(ArrowReader reader) {
            return new Batches() {
                @Override
                public ArrowReader reader() {
                    return reader;
                }

                @Override
                public void close() throws IOException {
                    reader.close();
                }
            };
        }
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
        return run(put, session -> new PutStreams(client, session.session(), 0, progress).send(batches));
    }

    /**
     * Puts one source after the other, all or none. One whose node dies in the middle is sent again from its beginning, to
     * another node; those before it are not.
     *
     * @param progress as above; told of a negative number of rows where they have to be sent again
     */
    public PutResult putAll(DatasetPut put, List<Source> sources, LongConsumer progress) throws IOException {
        return run(put, session -> {
            for (int i = 0; i < sources.size(); i++) {
                sendUntilWhole(session, i, sources.get(i), progress);
            }
        });
    }

    /** What is sent between the begin and the commit of a session. */
    @FunctionalInterface
    private interface Sending {
        void into(SessionInfo session) throws IOException, Broken;
    }

    private PutResult run(DatasetPut put, Sending sending) throws IOException {
        if (put.session() != null) {
            throw GridException.invalid("a put of its own belongs to no session: " + put.session());
        }
        SessionInfo session = client.action("dataset.begin", named(put), SessionInfo.class);
        if (!session.isCommitted()) {
            try {
                sending.into(session);
            } catch (Broken e) {
                abort(session);
                throw new GridException(
                        e.error.code(),
                        "nothing was stored, the put broke off: " + e.getMessage(),
                        put.path(),
                        null,
                        e);
            } catch (IOException | RuntimeException | Error e) {
                abort(session);
                throw e;
            }
        }
        try {
            return client.action("dataset.commit", new SessionRequest(session.session()), PutResult.class);
        } catch (GridException e) {
            if (e.kind() == ErrorKind.CALLER) {
                abort(session);
            }
            throw e;
        }
    }

    private void sendUntilWhole(SessionInfo session, int index, Source source, LongConsumer progress)
            throws IOException, Broken {
        for (int attempt = 1; ; attempt++) {
            long[] sent = {0};
            PutStreams streams = new PutStreams(client, session.session(), index, rows -> {
                sent[0] += rows;
                progress.accept(rows);
            });
            try (Batches batches = source.open()) {
                streams.send(batches.reader());
                return;
            } catch (Broken e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                progress.accept(-sent[0]);
                GridClient.pause(attempt);
            }
        }
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
