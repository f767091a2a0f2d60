package io.swarmgrid.storage.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.DatasetInfo;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.PutResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Real flights, put and read back whole, in columns, in ranges and as a stream. */
class FlightsTest {
    private static final Path FLIGHTS = Path.of(System.getProperty("basedir", "."), "../data/flights-200k.arrow");

    @Test
    void keepsEveryRowInOrder() throws Exception {
        try (Fixture fixture = new Fixture();
                FileChannel file = FileChannel.open(FLIGHTS);
                ArrowFileReader source =
                        new ArrowFileReader(file, fixture.allocator, CommonsCompressionFactory.INSTANCE)) {
            PutResult result =
                    put(fixture, source, new DatasetPut(null, "/d/flights", null, null, 50_000L, null, null, null));
            assertThat(result.rows()).isEqualTo(200_000);

            DatasetInfo info = fixture.store.info(Fixture.CALL, Fixture.path("/d/flights"));
            assertThat(info.rows()).isEqualTo(200_000);
            assertThat(info.files()).hasSize(4).allMatch(partition -> partition.rows() == 50_000);
            assertThat(info.columns())
                    .hasSameSizeAs(source.getVectorSchemaRoot().getSchema().getFields());
            assertThat(hash(fixture, null, null)).isEqualTo(hash(source));
        }
    }

    @Test
    void givesAWholePartitionAsItIsStored() throws Exception {
        try (Fixture fixture = new Fixture();
                FileChannel file = FileChannel.open(FLIGHTS);
                ArrowFileReader source =
                        new ArrowFileReader(file, fixture.allocator, CommonsCompressionFactory.INSTANCE)) {
            put(fixture, source, Fixture.to("/flights", PutMode.CREATE));
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (DatasetPlan.Endpoint endpoint :
                    fixture.plan("/flights", null, null).endpoints()) {
                fixture.store.writeStream(Fixture.CALL, endpoint.read(), stream);
            }
            try (ArrowStreamReader reader =
                    new ArrowStreamReader(new ByteArrayInputStream(stream.toByteArray()), fixture.allocator)) {
                assertThat(hash(reader)).isEqualTo(hash(source));
            }
        }
    }

    private static PutResult put(Fixture fixture, ArrowFileReader source, DatasetPut put) throws Exception {
        try (DatasetWriter writer = fixture.store.put(
                Fixture.CALL, put, source.getVectorSchemaRoot().getSchema(), source)) {
            while (source.loadNextBatch()) {
                writer.write(source.getVectorSchemaRoot());
            }
            return writer.commit();
        }
    }

    private static long hash(Fixture fixture, @Nullable List<String> columns, @Nullable List<Long> rows) {
        long hash = 1;
        for (DatasetPlan.Endpoint endpoint :
                fixture.plan("/d/flights", columns, rows).endpoints()) {
            try (PartitionReader reader = fixture.store.open(Fixture.CALL, endpoint.read())) {
                while (reader.next()) {
                    hash = hash(hash, reader.root());
                }
            }
        }
        return hash;
    }

    private static long hash(ArrowReader reader) throws Exception {
        if (reader instanceof ArrowFileReader file && !file.getRecordBlocks().isEmpty()) {
            file.loadRecordBatch(file.getRecordBlocks().get(0));
            long hash = hash(1, file.getVectorSchemaRoot());
            while (file.loadNextBatch()) {
                hash = hash(hash, file.getVectorSchemaRoot());
            }
            return hash;
        }
        long hash = 1;
        while (reader.loadNextBatch()) {
            hash = hash(hash, reader.getVectorSchemaRoot());
        }
        return hash;
    }

    private static long hash(long before, VectorSchemaRoot root) {
        long hash = before;
        for (int row = 0; row < root.getRowCount(); row++) {
            for (int column = 0; column < root.getFieldVectors().size(); column++) {
                Object value = root.getVector(column).getObject(row);
                hash = hash * 31
                        + (value instanceof byte[] bytes
                                ? Arrays.hashCode(bytes)
                                : String.valueOf(value).hashCode());
            }
        }
        return hash;
    }
}
