package io.swarmgrid.tasks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ProgramTest {
    @TempDir
    private Path directory;

    private final String mark = UUID.randomUUID().toString();

    @Test
    void getsItsArgumentsAndVariablesAndNoOthers() throws Exception {
        try (Program program = start("sh", "-c", "echo \"$1|$GREETING\"; env | sort; pwd", "sh", "a b; echo $HOME")) {
            program.input().close();
            String said = new String(program.output().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(program.await()).isZero();
            assertThat(said.lines()).contains("a b; echo $HOME|hello", directory.toString(), "GREETING=hello");
            assertThat(said).doesNotContain("USER=").doesNotContain("JAVA_HOME");
        }
    }

    @Test
    void hearsWhatIsFed() throws Exception {
        try (Program program = start("cat")) {
            try (OutputStream in = program.input()) {
                in.write("fed".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(program.output().readAllBytes())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("fed");
            assertThat(program.await()).isZero();
        }
    }

    @Test
    void keepsTheLastLinesOfStandardError() throws Exception {
        try (Program program = start("sh", "-c", "seq 1 100000 >&2; exit 3")) {
            assertThat(program.await()).isEqualTo(3);
            List<String> tail = program.errorTail();
            assertThat(tail).hasSize(20).last().isEqualTo("100000");
        }
    }

    @Test
    void namesAProgramThatCannotBeRun() {
        assertThatThrownBy(() -> start("no-such-program-here"))
                .isInstanceOf(GridException.class)
                .hasMessageContaining("no-such-program-here")
                .extracting(e -> ((GridException) e).code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void killsTheProgramWithItsChildren() throws Exception {
        Path pids = directory.resolve("pids");
        try (Program program = start("sh", "-c", "sleep 600 & echo $! > pids; sleep 600")) {
            await().until(() -> Files.exists(pids) && !Files.readString(pids).isBlank());
            long child = Long.parseLong(Files.readString(pids).strip());
            program.kill("enough");
            assertThat(program.await()).isEqualTo(137);
            assertThat(program.killedFor()).isEqualTo("enough");
            assertThat(isAlive(child)).isFalse();
        }
    }

    @Test
    void findsAChildThatLeftTheTree() throws Exception {
        Path pids = directory.resolve("pids");
        try (Program program = start("sh", "-c", "(sleep 600 > /dev/null 2>&1 & echo $! > pids) ; exit 0")) {
            assertThat(program.await()).isZero();
            long child = Long.parseLong(Files.readString(pids).strip());
            assertThat(isAlive(child)).isTrue();
            program.endStragglers();
            assertThat(isAlive(child)).isFalse();
        }
    }

    private static boolean isAlive(long pid) {
        return !ProcessHandle.of(pid).map(ProcessTree::isGone).orElse(true);
    }

    private Program start(String... command) {
        Map<String, String> environment = Map.of("GREETING", "hello", "MARK", mark, "PATH", System.getenv("PATH"));
        return Program.start(
                new Program.Launch(List.of(command), environment, List.of("MARK=" + mark), directory), "test");
    }
}
