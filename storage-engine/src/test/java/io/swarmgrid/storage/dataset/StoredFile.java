package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.GridPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;

/** A partition file as the library's own reader sees it. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StoredFile(Fixture fixture, byte[] bytes) {
    static StoredFile of(Fixture fixture, String dataset, int number) {
        String name =
                fixture.plan(dataset, null, null).endpoints().get(number).read().name();
        return new StoredFile(
                fixture, fixture.grid.bytes(GridPath.parse(dataset).child(name)));
    }

    private ArrowFileReader open() {
        return new ArrowFileReader(
                new ByteArrayReadableSeekableByteChannel(bytes), fixture.allocator, CommonsCompressionFactory.INSTANCE);
    }

    List<ArrowBlock> blocks() throws IOException {
        try (ArrowFileReader reader = open()) {
            return reader.getRecordBlocks();
        }
    }

    List<Integer> batchRows() throws IOException {
        List<Integer> rows = new ArrayList<>();
        try (ArrowFileReader reader = open()) {
            while (reader.loadNextBatch()) {
                rows.add(reader.getVectorSchemaRoot().getRowCount());
            }
        }
        return rows;
    }

    List<Object> values(String column) throws IOException {
        List<Object> values = new ArrayList<>();
        try (ArrowFileReader reader = open()) {
            while (reader.loadNextBatch()) {
                for (int row = 0; row < reader.getVectorSchemaRoot().getRowCount(); row++) {
                    values.add(reader.getVectorSchemaRoot().getVector(column).getObject(row));
                }
            }
        }
        return values;
    }
}
