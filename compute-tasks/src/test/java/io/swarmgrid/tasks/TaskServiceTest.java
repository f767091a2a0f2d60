package io.swarmgrid.tasks;

import static io.swarmgrid.tasks.TaskFixture.CONTEXT;
import static io.swarmgrid.tasks.TaskFixture.PARTITIONS;
import static io.swarmgrid.tasks.TaskFixture.PARTITION_ROWS;
import static io.swarmgrid.tasks.TaskFixture.TRACE;
import static io.swarmgrid.tasks.TaskFixture.code;
import static io.swarmgrid.tasks.TaskFixture.numbersSum;
import static io.swarmgrid.tasks.TaskFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import io.swarmgrid.storage.dataset.DatasetPlan;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the programs of tasks run, and how they end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class TaskServiceTest {
    @TempDir
    private static Path directory;

    private TaskFixture tasks;

    @BeforeAll
    void start() throws Exception {
        tasks = TaskFixture.start(directory);
    }

    @AfterAll
    void stop() {
        tasks.close();
    }

    @Test
    void runsAProgramOnEverySplitAndKeepsItsAnswers() {
        TaskStatus status = tasks.ended(spec("cat"));
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
        DatasetPlan plan = tasks.result(status.id());
        assertThat(plan.endpoints()).hasSize(PARTITIONS);
        assertThat(tasks.sum(plan)).isEqualTo(numbersSum());
    }

    @Test
    void tellsWhyAProgramFailedAndTriesAsOftenAsAsked() {
        TaskStatus status = tasks.ended(spec(2, null, "sh", "-c", "echo it is broken >&2; exit 3"));
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error()).contains("failed: exit status 3").contains("it is broken");
        assertThat(status.splits()).anySatisfy(split -> {
            assertThat(split.state()).isEqualTo(TaskState.FAILED);
            assertThat(split.attempts()).isEqualTo(2);
        });
        assertThatThrownBy(() -> tasks.service().result(CONTEXT, new TaskRequest(status.id())))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.PRECONDITION_FAILED));
    }

    @Test
    void succeedsWhereALaterAttemptDoes() {
        TaskStatus status = tasks.ended(spec("sh", "-c", "test $SWARM_ATTEMPT -gt 1 || exit 1; cat"));
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.splits())
                .allSatisfy(split -> assertThat(split.attempts()).isEqualTo(2));
        assertThat(tasks.sum(tasks.result(status.id()))).isEqualTo(numbersSum());
    }

    @Test
    void showsAProgramItsSplitAndHidesTheNode() {
        TaskStatus status = tasks.ended(spec(1, null, "sh", "-c", "env | sort >&2; exit 1"));
        assertThat(status.error())
                .contains("SWARM_TASK_ID=" + status.id(), "SWARM_SPLITS=3", "SWARM_ATTEMPT=1", "SWARM_NODE=n1")
                .contains("SWARM_INPUT_FORMAT=arrow", "PATH=", "TMPDIR=", "TRACEPARENT=" + TRACE)
                .doesNotContain("JAVA_HOME", "SWARM_HOME");
    }

    @Test
    void endsAProgramThatTakesTooLong() {
        TaskStatus status = tasks.ended(spec(1, 300L, "sh", "-c", "sleep 600"));
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error()).contains("timed out after");
    }

    @Test
    void refusesAnAnswerThatIsNoTable() {
        TaskStatus status = tasks.ended(spec(1, null, "echo", "hello to all of you"));
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error()).contains("standard output is not an Arrow stream");
    }

    @Test
    void killsTheProgramsOfACancelledTask() throws Exception {
        Path pids = Files.createDirectory(directory.resolve("pids"));
        TaskStatus task = tasks.service()
                .submit(
                        CONTEXT,
                        spec(
                                "sh",
                                "-c",
                                "sleep 600 & echo $! > " + pids + "/$SWARM_SPLIT.part; mv " + pids
                                        + "/$SWARM_SPLIT.part " + pids + "/$SWARM_SPLIT; wait"));
        await().until(() -> Files.exists(pids.resolve("0")) && Files.exists(pids.resolve("1")));
        TaskStatus status = tasks.service().cancel(CONTEXT, new TaskRequest(task.id()));
        assertThat(status.state()).isEqualTo(TaskState.CANCELLED);
        for (String split : List.of("0", "1")) {
            long pid = Long.parseLong(Files.readString(pids.resolve(split)).strip());
            await().until(() -> isGone(pid));
        }
        assertThat(tasks.service().cancel(CONTEXT, new TaskRequest(task.id())).state())
                .isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void givesPlainFilesAsBytesAndTakesNoAnswerForAnswer() throws Exception {
        GridPath file = GridPath.parse("/files/words");
        try (FileWriter writer = tasks.grid().put(CONTEXT, file, PutOptions.create("test"))) {
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
        TaskStatus status = tasks.ended(spec);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(copy).hasContent("some words");
        assertThatThrownBy(() -> tasks.service().result(CONTEXT, new TaskRequest(status.id())))
                .hasMessageContaining("answered nothing")
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void tellsWhatEnds() {
        tasks.meter().clear();
        tasks.ended(spec(1, null, "sh", "-c", "test $SWARM_SPLIT != 1"));
        await().untilAsserted(() -> assertThat(tasks.meter()).contains("attempt FAILED", "task FAILED"));
        tasks.ended(spec("cat"));
        await().untilAsserted(() -> assertThat(tasks.meter()).contains("attempt SUCCEEDED", "task SUCCEEDED"));
        await().untilAsserted(() -> assertThat(tasks.service().activity()).isEqualTo(new TaskActivity(0, 0, 0, 0, 2)));
    }

    private static boolean isGone(long pid) {
        return ProcessHandle.of(pid)
                .map(process -> !process.isAlive() || process.info().command().isEmpty())
                .orElse(true);
    }
}
