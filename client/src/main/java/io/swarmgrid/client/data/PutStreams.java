package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.DatasetPut;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * DoPut of the record batches of one source within a session, one stream after the other where the dictionaries change: a
 * stream tells its dictionaries once, before the first batch. Each is named by its place, so that one that is sent again
 * happens once. Used by one thread.
 */
final class PutStreams {
    /** Larger batches are sent in pieces, so that neither side has to hold one as a whole. */
    private static final long MESSAGE_BYTES = 2L << 20;

    private final GridClient client;
    private final String session;
    private final int source;
    private final LongConsumer progress;
    private int begun;

    /** @param source the place of the source within the put */
    PutStreams(GridClient client, String session, int source, LongConsumer progress) {
        this.client = client;
        this.session = session;
        this.source = source;
        this.progress = progress;
    }

    /** Sends all that is left in the reader; at least one stream, so that the schema is told. */
    void send(ArrowReader batches) throws IOException, Broken {
        boolean loaded = batches.loadNextBatch();
        do {
            loaded = sendWhileSameDictionaries(batches, loaded);
        } while (loaded);
    }

    /** @return whether a batch is loaded that was not sent */
    private boolean sendWhileSameDictionaries(ArrowReader batches, boolean first) throws IOException, Broken {
        VectorSchemaRoot root = batches.getVectorSchemaRoot();
        DictionaryPrint dictionaries = DictionaryPrint.of(batches);
        boolean loaded = first;
        try (VectorSchemaRoot message = VectorSchemaRoot.create(root.getSchema(), allocatorOf(root))) {
            StartedPut put = StartedPut.start(client, nextDescriptor(), message, batches);
            boolean ended = false;
            try {
                while (loaded) {
                    sendPieces(root, message, put);
                    loaded = batches.loadNextBatch();
                    if (loaded && !dictionaries.equals(DictionaryPrint.of(batches))) {
                        break;
                    }
                }
                put.stream().completed();
                put.answer().awaitEnd();
                ended = true;
            } finally {
                if (!ended) {
                    put.stream().error(new GridException(ErrorCode.CANCELLED, "the put was given up"));
                }
            }
        }
        return loaded;
    }

    private FlightDescriptor nextDescriptor() {
        String putId = source + "." + begun++;
        DatasetPut part = new DatasetPut(session, null, null, putId, null, null, null, null);
        return FlightDescriptor.command(Commands.encode("dataset.put", part));
    }

    private void sendPieces(VectorSchemaRoot root, VectorSchemaRoot message, StartedPut put) throws Broken {
        int rows = root.getRowCount();
        long bytes = root.getFieldVectors().stream()
                .mapToLong(FieldVector::getBufferSize)
                .sum();
        int pieces = (int) Math.max(1, Math.min(rows, (bytes + MESSAGE_BYTES - 1) / MESSAGE_BYTES));
        int rowsOfPiece = (rows + pieces - 1) / pieces;
        for (int from = 0; from < rows; from += rowsOfPiece) {
            int count = Math.min(rowsOfPiece, rows - from);
            if (count == rows) {
                load(root, message);
            } else {
                try (VectorSchemaRoot piece = root.slice(from, count)) {
                    load(piece, message);
                }
            }
            put.answer().awaitRoom(put.stream());
            put.stream().putNext();
            message.clear();
            progress.accept(count);
        }
    }

    private static void load(VectorSchemaRoot from, VectorSchemaRoot to) {
        try (ArrowRecordBatch batch = new VectorUnloader(from).getRecordBatch()) {
            new VectorLoader(to).load(batch);
        }
    }

    /** Buffers move between allocators of one root only. */
    private BufferAllocator allocatorOf(VectorSchemaRoot root) {
        List<FieldVector> columns = root.getFieldVectors();
        return columns.isEmpty() ? client.allocator() : columns.get(0).getAllocator();
    }
}
