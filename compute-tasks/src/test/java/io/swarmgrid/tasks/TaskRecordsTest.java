package io.swarmgrid.tasks;

import static io.swarmgrid.tasks.TaskFixture.CONTEXT;
import static io.swarmgrid.tasks.TaskFixture.NUMBERS;
import static io.swarmgrid.tasks.TaskFixture.code;
import static io.swarmgrid.tasks.TaskFixture.numbersSum;
import static io.swarmgrid.tasks.TaskFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.PageRequest;
import io.swarmgrid.client.wire.TaskList;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of tasks, for how long, and which are not taken at all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class TaskRecordsTest {
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
    void submitsOnceForOneOperation() {
        TaskSpec spec = new TaskSpec(List.of("true"), NUMBERS, null, null, null, null, null, "operation-1");
        TaskStatus first = tasks.service().submit(CONTEXT, spec);
        assertThat(tasks.service().submit(CONTEXT, spec).id()).isEqualTo(first.id());
    }

    @Test
    void listsTheLatestFirst() {
        String first = tasks.service().submit(CONTEXT, spec("true")).id();
        String second = tasks.service().submit(CONTEXT, spec("true")).id();
        TaskList page = tasks.service().list(CONTEXT, new PageRequest(1, null));
        assertThat(page.tasks()).extracting(TaskStatus::id).containsExactly(second);
        assertThat(page.tasks().get(0).splits()).isNull();
        TaskList next = tasks.service().list(CONTEXT, new PageRequest(1, page.nextPageToken()));
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
        assertThatThrownBy(() -> tasks.service().status(CONTEXT, new TaskRequest("nonsense")))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
        TaskService off = tasks.service(tasks.config().with(Map.of("tasks.enabled", "false")));
        assertThatThrownBy(() -> off.submit(CONTEXT, spec("cat")))
                .hasMessageContaining("runs no tasks")
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }

    @Test
    void forgetsEndedTasksBeyondTheNumberThatIsKeptAndTheirResults() {
        TaskSpec once = new TaskSpec(List.of("cat"), NUMBERS, null, null, null, null, null, "operation-2");
        TaskStatus old = tasks.ended(once);
        GridPath oldResult = tasks.service().result(CONTEXT, new TaskRequest(old.id()));
        TaskStatus last = tasks.ended(spec("cat"));

        retention("tasks.keep-finished", "1", Duration.ZERO).run();

        assertThatThrownBy(() -> tasks.service().status(CONTEXT, new TaskRequest(old.id())))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
        assertThat(tasks.grid().find(oldResult)).isEmpty();
        assertThat(tasks.sum(tasks.result(last.id()))).isEqualTo(numbersSum());
        assertThat(tasks.ended(once).id()).as("its operation is free again").isNotEqualTo(old.id());
    }

    @Test
    void forgetsEndedTasksThatAreOldAndNoOthers() throws Exception {
        TaskStatus old = tasks.ended(spec("cat"));
        Path go = directory.resolve("go");
        String running = tasks.service()
                .submit(CONTEXT, spec("sh", "-c", "until test -e " + go + "; do sleep 0.1; done; cat"))
                .id();

        retention("tasks.keep-for", "1h", Duration.ofMinutes(59)).run();
        assertThat(tasks.sum(tasks.result(old.id()))).isEqualTo(numbersSum());
        retention("tasks.keep-for", "1h", Duration.ofMinutes(61)).run();

        assertThatThrownBy(() -> tasks.service().status(CONTEXT, new TaskRequest(old.id())))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NOT_FOUND));
        Files.createFile(go);
        assertThat(tasks.ended(running).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    private Retention retention(String key, String value, Duration later) {
        Clock clock = Clock.offset(Clock.systemUTC(), later);
        return new Retention(
                new TaskLedger(tasks.engine().ignite()),
                tasks.grid(),
                tasks.config().with(Map.of(key, value)).tasks(),
                clock);
    }

    private void refused(TaskSpec spec, ErrorCode code, String message) {
        assertThatThrownBy(() -> tasks.service().submit(CONTEXT, spec))
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(code(e)).isEqualTo(code));
    }
}
