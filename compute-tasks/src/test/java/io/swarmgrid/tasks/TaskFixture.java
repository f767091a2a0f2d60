package io.swarmgrid.tasks;

import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.dataset.DatasetPlan;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.dataset.DatasetWriter;
import io.swarmgrid.storage.dataset.PartitionReader;
import io.swarmgrid.storage.membership.DataDirectory;
import io.swarmgrid.storage.membership.MetadataEngine;
import io.swarmgrid.storage.memory.MemoryGrid;
import io.swarmgrid.storage.parquet.ParquetFiles;
import io.swarmgrid.storage.staging.Staging;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** One node's real metadata engine, real processes, a namespace in memory, and a dataset of numbers in it. */
final class TaskFixture implements AutoCloseable {
    static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    static final CallContext CONTEXT = new CallContext(Caller.LOCAL, QosClass.BULK, "test", new Traceparent(TRACE));
    static final String NUMBERS = "/datasets/numbers";
    static final int PARTITION_ROWS = 1000;
    static final int PARTITIONS = 3;

    private final BufferAllocator allocator = new RootAllocator();
    private final MemoryGrid grid = new MemoryGrid();
    private final Queue<String> meter = new ConcurrentLinkedQueue<>();
    private final SwarmConfig config;
    private final DataDirectory data;
    private final MetadataEngine engine;
    private final ParquetFiles parquet;
    private final DatasetStore datasets;
    private final TaskService service;

    private TaskFixture(SwarmConfig config, DataDirectory data, MetadataEngine engine) {
        this.config = config;
        this.data = data;
        this.engine = engine;
        this.parquet = new ParquetFiles(
                config.node().data().resolve("scratch"), config.limits().parquetMemory(), allocator);
        this.datasets = new DatasetStore(
                grid,
                grid,
                new Staging(grid, Duration.ofMinutes(5), 1000),
                config.storage(),
                config.limits(),
                allocator,
                parquet);
        this.service = service(config);
    }

    static TaskFixture start(Path directory) throws InterruptedException {
        SwarmConfig config = SwarmConfig.defaults()
                .with(Map.of(
                        "node.name", "n1",
                        "node.data", directory.resolve("data").toString(),
                        "listen.grid", "127.0.0.1:0",
                        "metadata.region-size", "32MiB",
                        "metadata.durability", "process",
                        "metadata.wal-segment-size", "2MiB",
                        "storage.durability", "process",
                        "tasks.slots", "2"));
        DataDirectory data = DataDirectory.open(config);
        MetadataEngine engine = MetadataEngine.start(
                config, data, "grpc://127.0.0.1:1", List.of(TaskCaches.configurations(config.metadata())));
        engine.awaitActive(Duration.ofSeconds(30));
        engine.lookedOver();
        TaskFixture fixture = new TaskFixture(config, data, engine);
        fixture.service.start();
        fixture.putNumbers();
        return fixture;
    }

    @Override
    public void close() {
        service.close();
        parquet.close();
        engine.close();
        data.close();
        allocator.close();
    }

    SwarmConfig config() {
        return config;
    }

    MetadataEngine engine() {
        return engine;
    }

    MemoryGrid grid() {
        return grid;
    }

    TaskService service() {
        return service;
    }

    /** What was told of attempts and tasks that ended. */
    Queue<String> meter() {
        return meter;
    }

    TaskService service(SwarmConfig settings) {
        return new TaskService(
                engine.ignite(), engine.nodes(), grid, grid, datasets, settings, allocator, recorder(meter));
    }

    private static TaskMeter recorder(Queue<String> told) {
        return new TaskMeter() {
            @Override
            public void attemptEnded(AttemptEnd how, Duration took) {
                told.add("attempt " + how);
            }

            @Override
            public void taskEnded(TaskState state) {
                told.add("task " + state);
            }
        };
    }

    TaskStatus ended(TaskSpec spec) {
        return ended(service.submit(CONTEXT, spec).id());
    }

    TaskStatus ended(String id) {
        AtomicReference<@Nullable TaskStatus> last = new AtomicReference<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            TaskStatus status = service.status(CONTEXT, new TaskRequest(id));
            last.set(status);
            return status.state().isFinal();
        });
        return java.util.Objects.requireNonNull(last.get());
    }

    static TaskSpec spec(String... command) {
        return spec(null, null, command);
    }

    static TaskSpec spec(@Nullable Integer attempts, @Nullable Long timeoutMs, String... command) {
        return new TaskSpec(List.of(command), NUMBERS, null, null, timeoutMs, attempts, null, null);
    }

    DatasetPlan result(String id) {
        GridPath path = service.result(CONTEXT, new TaskRequest(id));
        return datasets.plan(CONTEXT, new DatasetRead(path.toString(), null, null));
    }

    long sum(DatasetPlan plan) {
        long sum = 0;
        for (DatasetPlan.Endpoint endpoint : plan.endpoints()) {
            try (PartitionReader reader = datasets.open(CONTEXT, endpoint.read())) {
                while (reader.next()) {
                    BigIntVector numbers = (BigIntVector) reader.root().getVector(0);
                    for (int i = 0; i < numbers.getValueCount(); i++) {
                        sum += numbers.get(i);
                    }
                }
            }
        }
        return sum;
    }

    static long numbersSum() {
        long rows = (long) PARTITIONS * PARTITION_ROWS;
        return rows * (rows - 1) / 2;
    }

    static ErrorCode code(Throwable error) {
        return ((GridException) error).code();
    }

    private void putNumbers() {
        Schema schema = new Schema(List.of(Field.nullable("number", new ArrowType.Int(64, true))));
        DatasetPut put = new DatasetPut(null, NUMBERS, null, null, (long) PARTITION_ROWS, null, null, null);
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
                DatasetWriter writer =
                        datasets.put(CONTEXT, put, schema, new DictionaryProvider.MapDictionaryProvider())) {
            BigIntVector numbers = (BigIntVector) root.getVector(0);
            for (int row = 0; row < PARTITIONS * PARTITION_ROWS; row++) {
                numbers.setSafe(row, row);
            }
            root.setRowCount(PARTITIONS * PARTITION_ROWS);
            writer.write(root);
            writer.commit();
        }
    }
}
