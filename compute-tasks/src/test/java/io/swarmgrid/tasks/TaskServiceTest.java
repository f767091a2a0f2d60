package io.swarmgrid.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import io.swarmgrid.client.wire.PageRequest;
import io.swarmgrid.client.wire.TaskList;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.dataset.DatasetPlan;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.dataset.DatasetWriter;
import io.swarmgrid.storage.dataset.PartitionReader;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.membership.DataDirectory;
import io.swarmgrid.storage.membership.MetadataEngine;
import io.swarmgrid.storage.memory.MemoryGrid;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.staging.Staging;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One node's real metadata engine, real processes, and a namespace in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class TaskServiceTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final CallContext CONTEXT =
            new CallContext(Caller.LOCAL, QosClass.BULK, "test", new Traceparent(TRACE));
    private static final String NUMBERS = "/datasets/numbers";
    private static final int PARTITION_ROWS = 1000;
    private static final int PARTITIONS = 3;

    @TempDir
    private static Path directory;

    private final BufferAllocator allocator = new RootAllocator();
    private final MemoryGrid grid = new MemoryGrid();
    private final Queue<String> meter = new ConcurrentLinkedQueue<>();
    private SwarmConfig config;
    private DataDirectory data;
    private MetadataEngine engine;
    private DatasetStore datasets;
    private TaskService service;

    @BeforeAll
    void start() throws Exception {
        config = SwarmConfig.defaults()
                .with(Map.of(
                        "node.name", "n1",
                        "node.data", directory.resolve("data").toString(),
                        "listen.grid", "127.0.0.1:0",
                        "metadata.region-size", "32MiB",
                        "metadata.durability", "process",
                        "metadata.wal-segment-size", "2MiB",
                        "storage.durability", "process",
                        "tasks.slots", "2"));
        data = DataDirectory.open(config);
        engine = MetadataEngine.start(
                config, data, "grpc://127.0.0.1:1", List.of(TaskCaches.configurations(config.metadata())));
        engine.awaitActive(Duration.ofSeconds(30));
        datasets = new DatasetStore(
                grid,
                grid,
                new Staging(grid, Duration.ofMinutes(5), 1000),
                config.storage(),
                config.limits(),
                allocator);
        service = newService(config);
        service.start();
        putNumbers();
    }

    @AfterAll
    void stop() {
        service.close();
        engine.close();
        data.close();
        allocator.close();
    }

    @Test
    void runsAProgramOnEverySplitAndKeepsItsAnswers() {
        TaskStatus status = ended(spec("cat"));
        assertThat(status.error()).isNull();
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.splitsTotal()).isEqualTo(PARTITIONS);
        assertThat(status.splitsDone()).isEqualTo(PARTITIONS);
        assertThat(status.splitsLocal()).isEqualTo(PARTITIONS);
        assertThat(status.splits()).allSatisfy(split -> {
            assertThat(split.node()).isEqualTo("n1");
            assertThat(split.rows()).isEqualTo(PARTITION_ROWS);
            assertThat(split.outputBytes()).isGreaterThan(8 * PARTITION_ROWS);
        });
        DatasetPlan plan = result(status.id());
        assertThat(plan.endpoints()).hasSize(PARTITIONS);
        assertThat(sum(plan)).isEqualTo(numbersSum());
    }

    @Test
    void tellsWhyAProgramFailedAndTriesAsOftenAsAsked() {
        TaskStatus status = ended(spec(2, null, "sh", "-c", "echo it is broken >&2; exit 3"));
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error()).contains("failed: exit status 3").contains("it is broken");
        assertThat(status.splits()).anySatisfy(split -> {
            assertThat(split.state()).isEqualTo(TaskState.FAILED);
            assertThat(split.attempts()).isEqualTo(2);
        });
        assertThatThrownBy(() -> service.result(CONTEXT, new TaskRequest(status.id())))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.PRECONDITION_FAILED));
    }

    @Test
    void succeedsWhereALaterAttemptDoes() {
        TaskStatus status = ended(spec("sh", "-c", "test $SWARM_ATTEMPT -gt 1 || exit 1; cat"));
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.splits())
                .allSatisfy(split -> assertThat(split.attempts()).isEqualTo(2));
        assertThat(sum(result(status.id()))).isEqualTo(numbersSum());
    }

    @Test
    void showsAProgramItsSplitAndHidesTheNode() {
        TaskStatus status = ended(spec(1, null, "sh", "-c", "env | sort >&2; exit 1"));
        assertThat(status.error())
                .contains("SWARM_TASK_ID=" + status.id(), "SWARM_SPLITS=3", "SWARM_ATTEMPT=1", "SWARM_NODE=n1")
                .contains("SWARM_INPUT_FORMAT=arrow", "PATH=", "TMPDIR=", "TRACEPARENT=" + TRACE)
                .doesNotContain("JAVA_HOME", "SWARM_HOME");
    }

    @Test
    void endsAProgramThatTakesTooLong() {
        TaskStatus status = ended(spec(1, 300L, "sh", "-c", "sleep 600"));
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error()).contains("timed out after");
    }

    @Test
    void refusesAnAnswerThatIsNoTable() {
        TaskStatus status = ended(spec(1, null, "echo", "hello to all of you"));
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error()).contains("standard output is not an Arrow stream");
    }

    @Test
    void killsTheProgramsOfACancelledTask() throws Exception {
        Path pids = Files.createDirectory(directory.resolve("pids"));
        TaskStatus task = service.submit(
                CONTEXT,
                spec(
                        "sh",
                        "-c",
                        "sleep 600 & echo $! > " + pids + "/$SWARM_SPLIT.part; mv " + pids + "/$SWARM_SPLIT.part "
                                + pids + "/$SWARM_SPLIT; wait"));
        await().until(() -> Files.exists(pids.resolve("0")) && Files.exists(pids.resolve("1")));
        TaskStatus status = service.cancel(CONTEXT, new TaskRequest(task.id()));
        assertThat(status.state()).isEqualTo(TaskState.CANCELLED);
        for (String split : List.of("0", "1")) {
            long pid = Long.parseLong(Files.readString(pids.resolve(split)).strip());
            await().until(() -> isGone(pid));
        }
        assertThat(service.cancel(CONTEXT, new TaskRequest(task.id())).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void givesPlainFilesAsBytesAndTakesNoAnswerForAnswer() throws Exception {
        GridPath file = GridPath.parse("/files/words");
        try (FileWriter writer = grid.put(CONTEXT, file, PutOptions.create("test"))) {
            writer.write(ByteBuffer.wrap("some words".getBytes(StandardCharsets.UTF_8)));
            writer.commit();
        }
        Path copy = directory.resolve("copy");
        TaskSpec spec = new TaskSpec(
                List.of("sh", "-c", "cat > \"$COPY\""),
                file.toString(),
                null,
                null,
                null,
                null,
                Map.of("COPY", copy.toString()),
                null);
        TaskStatus status = ended(spec);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(copy).hasContent("some words");
        assertThatThrownBy(() -> service.result(CONTEXT, new TaskRequest(status.id())))
                .hasMessageContaining("answered nothing")
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void submitsOnceForOneOperation() {
        TaskSpec spec = new TaskSpec(List.of("true"), NUMBERS, null, null, null, null, null, "operation-1");
        TaskStatus first = service.submit(CONTEXT, spec);
        assertThat(service.submit(CONTEXT, spec).id()).isEqualTo(first.id());
    }

    @Test
    void listsTheLatestFirst() {
        String first = service.submit(CONTEXT, spec("true")).id();
        String second = service.submit(CONTEXT, spec("true")).id();
        TaskList page = service.list(CONTEXT, new PageRequest(1, null));
        assertThat(page.tasks()).extracting(TaskStatus::id).containsExactly(second);
        assertThat(page.tasks().get(0).splits()).isNull();
        TaskList next = service.list(CONTEXT, new PageRequest(1, page.nextPageToken()));
        assertThat(next.tasks()).extracting(TaskStatus::id).containsExactly(first);
    }

    @Test
    void refusesWhatCannotRun() {
        refused(spec(""), ErrorCode.INVALID_ARGUMENT, "command is empty");
        refused(spec(0, null, "cat"), ErrorCode.INVALID_ARGUMENT, "max_attempts is 0");
        refused(
                new TaskSpec(List.of("cat"), "/nowhere", null, null, null, null, null, null),
                ErrorCode.NOT_FOUND,
                "/nowhere");
        refused(
                new TaskSpec(List.of("cat"), NUMBERS, null, null, null, null, Map.of("SWARM_NODE", "x"), null),
                ErrorCode.INVALID_ARGUMENT,
                "SWARM_NODE");
        assertThatThrownBy(() -> service.status(CONTEXT, new TaskRequest("nonsense")))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
        TaskService off = newService(config.with(Map.of("tasks.enabled", "false")));
        assertThatThrownBy(() -> off.submit(CONTEXT, spec("cat")))
                .hasMessageContaining("runs no tasks")
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }

    @Test
    void forgetsEndedTasksBeyondTheNumberThatIsKeptAndTheirResults() {
        TaskSpec once = new TaskSpec(List.of("cat"), NUMBERS, null, null, null, null, null, "operation-2");
        TaskStatus old = ended(once);
        GridPath oldResult = service.result(CONTEXT, new TaskRequest(old.id()));
        TaskStatus last = ended(spec("cat"));

        retention("tasks.keep-finished", "1", Duration.ZERO).run();

        assertThatThrownBy(() -> service.status(CONTEXT, new TaskRequest(old.id())))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
        assertThat(grid.find(oldResult)).isEmpty();
        assertThat(sum(result(last.id()))).isEqualTo(numbersSum());
        assertThat(ended(once).id()).as("its operation is free again").isNotEqualTo(old.id());
    }

    @Test
    void forgetsEndedTasksThatAreOldAndNoOthers() throws Exception {
        TaskStatus old = ended(spec("cat"));
        Path go = directory.resolve("go");
        String running = service.submit(CONTEXT, spec("sh", "-c", "until test -e " + go + "; do sleep 0.1; done; cat"))
                .id();

        retention("tasks.keep-for", "1h", Duration.ofMinutes(59)).run();
        assertThat(sum(result(old.id()))).isEqualTo(numbersSum());
        retention("tasks.keep-for", "1h", Duration.ofMinutes(61)).run();

        assertThatThrownBy(() -> service.status(CONTEXT, new TaskRequest(old.id())))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
        Files.createFile(go);
        assertThat(ended(running).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void tellsWhatEnds() {
        meter.clear();
        ended(spec(1, null, "sh", "-c", "test $SWARM_SPLIT != 1"));
        await().untilAsserted(() -> assertThat(meter).contains("attempt FAILED", "task FAILED"));
        ended(spec("cat"));
        await().untilAsserted(() -> assertThat(meter).contains("attempt SUCCEEDED", "task SUCCEEDED"));
        await().untilAsserted(() -> assertThat(service.activity()).isEqualTo(new TaskActivity(0, 0, 0, 0, 2)));
    }

    private Retention retention(String key, String value, Duration later) {
        Clock clock = Clock.offset(Clock.systemUTC(), later);
        return new Retention(
                new TaskLedger(engine.ignite()),
                grid,
                config.with(Map.of(key, value)).tasks(),
                clock);
    }

    private void refused(TaskSpec spec, ErrorCode code, String message) {
        assertThatThrownBy(() -> service.submit(CONTEXT, spec))
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(code(e)).isEqualTo(code));
    }

    private static ErrorCode code(Throwable error) {
        return ((GridException) error).code();
    }

    private static boolean isGone(long pid) {
        return ProcessHandle.of(pid)
                .map(process -> !process.isAlive() || process.info().command().isEmpty())
                .orElse(true);
    }

    private TaskStatus ended(TaskSpec spec) {
        return ended(service.submit(CONTEXT, spec).id());
    }

    private TaskStatus ended(String id) {
        AtomicReference<@Nullable TaskStatus> last = new AtomicReference<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            TaskStatus status = service.status(CONTEXT, new TaskRequest(id));
            last.set(status);
            return status.state().isFinal();
        });
        return java.util.Objects.requireNonNull(last.get());
    }

    private static TaskSpec spec(String... command) {
        return spec(null, null, command);
    }

    private static TaskSpec spec(@Nullable Integer attempts, @Nullable Long timeoutMs, String... command) {
        return new TaskSpec(List.of(command), NUMBERS, null, null, timeoutMs, attempts, null, null);
    }

    private TaskService newService(SwarmConfig settings) {
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

    private DatasetPlan result(String id) {
        GridPath path = service.result(CONTEXT, new TaskRequest(id));
        return datasets.plan(CONTEXT, new DatasetRead(path.toString(), null, null));
    }

    private long sum(DatasetPlan plan) {
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

    private static long numbersSum() {
        long rows = (long) PARTITIONS * PARTITION_ROWS;
        return rows * (rows - 1) / 2;
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
