package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.LimitsConfig;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.memory.MemoryGrid;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.parquet.ParquetFiles;
import io.swarmgrid.storage.staging.Staging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.jspecify.annotations.Nullable;

/** A store on a grid in memory. Closing it fails where a buffer, a file or an allocation was left over. */
final class Fixture implements AutoCloseable {
    static final CallContext CALL = new CallContext(Caller.LOCAL, QosClass.INTERACTIVE, "test");
    static final DictionaryProvider NO_DICTIONARIES = new DictionaryProvider.MapDictionaryProvider();

    static final Schema NUMBERS = new Schema(List.of(Field.nullable("n", MinorType.INT.getType())));

    final MemoryGrid grid = new MemoryGrid();
    /** Bounded, as a node's is: damaged lengths ask for more than any machine has. */
    final BufferAllocator allocator = new RootAllocator(1L << 30);

    private final Path scratch;
    /** Starts its decoder where a test asks for one. */
    final ParquetFiles parquet;

    final Staging staging = new Staging(grid, Duration.ofMinutes(5), 100);
    final DatasetStore store;

    Fixture() {
        this("2MiB");
    }

    Fixture(String messageSize) {
        try {
            this.scratch = java.nio.file.Files.createTempDirectory("scratch");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.parquet = new ParquetFiles(scratch, DataSize.ofMebibytes(128), allocator);
        this.store = store(messageSize);
    }

    /** Another store on the same grid, as a test sees its names. */
    DatasetStore storeOf(Files files) {
        SwarmConfig config = SwarmConfig.defaults();
        return new DatasetStore(files, grid, staging, config.storage(), config.limits(), allocator, parquet);
    }

    /** Another store on the same grid, as another node would have one. */
    DatasetStore store(String messageSize) {
        SwarmConfig config = SwarmConfig.defaults();
        LimitsConfig defaults = config.limits();
        LimitsConfig limits = new LimitsConfig(
                DataSize.parse(messageSize),
                defaults.inboundMessageSize(),
                defaults.requestSize(),
                defaults.headerSize(),
                defaults.listPage(),
                defaults.maxStreams(),
                defaults.maxSessions(),
                defaults.sessionIdle(),
                defaults.parquetMemory());
        return new DatasetStore(grid, grid, staging, config.storage(), limits, allocator, parquet);
    }

    static DatasetPut to(String path, PutMode mode) {
        return new DatasetPut(null, path, mode, null, null, null, null, null);
    }

    static DatasetPut into(String session) {
        return new DatasetPut(session, null, null, null, null, null, null, null);
    }

    PutResult put(DatasetPut put, VectorSchemaRoot... roots) {
        try (DatasetWriter writer = store.put(CALL, put, roots[0].getSchema(), NO_DICTIONARIES)) {
            for (VectorSchemaRoot root : roots) {
                writer.write(root);
            }
            return writer.commit();
        }
    }

    DatasetPlan plan(String path, @Nullable List<String> columns, @Nullable List<Long> rows) {
        return store.plan(CALL, new DatasetRead(path, columns, rows));
    }

    /** What a read gives: copies of its batches, in order, which the caller closes. */
    List<VectorSchemaRoot> read(String path, @Nullable List<String> columns, @Nullable List<Long> rows) {
        List<VectorSchemaRoot> batches = new ArrayList<>();
        try {
            for (DatasetPlan.Endpoint endpoint : plan(path, columns, rows).endpoints()) {
                try (PartitionReader reader = store.open(CALL, endpoint.read())) {
                    while (reader.next()) {
                        batches.add(copy(reader.root()));
                    }
                }
            }
        } catch (RuntimeException e) {
            batches.forEach(VectorSchemaRoot::close);
            throw e;
        }
        return batches;
    }

    /** The values of one column of a read, in order. */
    List<@Nullable Object> values(String path, String column, @Nullable List<Long> rows) {
        List<@Nullable Object> values = new ArrayList<>();
        for (VectorSchemaRoot batch : read(path, List.of(column), rows)) {
            for (int row = 0; row < batch.getRowCount(); row++) {
                Object value = batch.getVector(0).getObject(row);
                values.add(value instanceof Text ? value.toString() : value);
            }
            batch.close();
        }
        return values;
    }

    /** A batch of one column {@code n} with these numbers. */
    VectorSchemaRoot numbers(int from, int to) {
        VectorSchemaRoot root = VectorSchemaRoot.create(NUMBERS, allocator);
        IntVector numbers = (IntVector) root.getVector(0);
        for (int i = from; i < to; i++) {
            numbers.setSafe(i - from, i);
        }
        root.setRowCount(to - from);
        return root;
    }

    PutResult putNumbers(DatasetPut put, int from, int to) {
        try (VectorSchemaRoot root = numbers(from, to)) {
            return put(put, root);
        }
    }

    static List<Object> range(int from, int to) {
        return IntStream.range(from, to).<Object>mapToObj(i -> i).toList();
    }

    VectorSchemaRoot copy(VectorSchemaRoot root) {
        VectorSchemaRoot copy = VectorSchemaRoot.create(root.getSchema(), allocator);
        try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
            new VectorLoader(copy).load(batch);
        }
        return copy;
    }

    static GridPath path(String text) {
        return GridPath.parse(text);
    }

    @Override
    public void close() {
        parquet.close();
        try {
            java.nio.file.Files.delete(scratch); // it is empty
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        allocator.close();
        grid.assertAtRest();
    }
}
