package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.DatasetReader.Endpoint;
import io.swarmgrid.client.grid.GridClient;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * The read of one endpoint, over as many nodes as it takes. Used by one thread, once.
 *
 * <p>A ticket gives the same batches in the same order wherever it is shown, so a read goes on elsewhere by passing over
 * the rows that it had. It is given up when no row has come for as long as the client is patient.
 */
final class PartRead {
    private final GridClient client;
    private final DatasetReader reader;
    private final Map<String, String> failures = new LinkedHashMap<>();
    private Endpoint endpoint;
    private long rowsTaken;
    private long progressNanos = System.nanoTime();

    PartRead(GridClient client, DatasetReader reader, Endpoint endpoint) {
        this.client = client;
        this.reader = reader;
        this.endpoint = endpoint;
    }

    /**
     * Reads to the end.
     *
     * @return false where the consumer wants no more
     */
    boolean run(BatchConsumer consumer) throws IOException {
        for (int round = 0; ; round++) {
            long before = rowsTaken;
            for (String location : client.order(endpoint.part().locations())) {
                try {
                    return stream(location, consumer);
                } catch (Broken broken) {
                    failures.put(location, String.valueOf(broken.error.getMessage()));
                    if (broken.error.code() == ErrorCode.TICKET_EXPIRED) {
                        break;
                    }
                    client.failed(location);
                }
            }
            round = rowsTaken > before ? 0 : round;
            if (System.nanoTime() - progressNanos > client.options().timeout().toNanos()) {
                throw givenUp();
            }
            GridClient.pause(round);
            renew();
        }
    }

    /** A grid that is regrouping may not answer; then the old ticket is tried once more. */
    private void renew() {
        try {
            endpoint = reader.renewed(endpoint);
        } catch (GridException e) {
            if (e.kind() != ErrorKind.RETRY) {
                throw e;
            }
            failures.put("info", String.valueOf(e.getMessage()));
        }
    }

    private boolean stream(String location, BatchConsumer consumer) throws IOException, Broken {
        long toPass = rowsTaken;
        try (BatchStream batches = BatchStream.open(client, location, endpoint.ticket())) {
            while (batches.next()) {
                VectorSchemaRoot root = batches.root();
                int rows = root.getRowCount();
                if (toPass >= rows) {
                    // Had already; or a message without rows, that carries only metadata.
                    toPass -= rows;
                    continue;
                }
                boolean more = hand(location, batches, (int) toPass, consumer);
                rowsTaken += rows - toPass;
                toPass = 0;
                progressNanos = System.nanoTime();
                if (!more) {
                    return false;
                }
            }
        }
        long expected = endpoint.part().rows();
        if (expected >= 0 && expected != rowsTaken) {
            throw new Broken(new GridException(
                    ErrorCode.CORRUPT_DATA, location + " ended after " + rowsTaken + " of " + expected + " rows"));
        }
        return true;
    }

    private boolean hand(String location, BatchStream batches, int from, BatchConsumer consumer) throws IOException {
        VectorSchemaRoot root = batches.root();
        if (from == 0) {
            return consumer.take(new Batch(endpoint.part(), location, root, batches.dictionaries()));
        }
        try (VectorSchemaRoot rest = root.slice(from, root.getRowCount() - from)) {
            return consumer.take(new Batch(endpoint.part(), location, rest, batches.dictionaries()));
        }
    }

    private GridException givenUp() {
        StringBuilder text = new StringBuilder("cannot read on: ")
                .append(reader.what())
                .append(", part ")
                .append(endpoint.part().index())
                .append(", after row ")
                .append(rowsTaken);
        failures.forEach((location, why) ->
                text.append("; ").append(location).append(": ").append(why));
        return new GridException(ErrorCode.UNAVAILABLE, text.toString());
    }
}
