package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.node.auth.TokensFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GridTokenCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void makesATokenThatTheNodesTake() throws IOException {
        assertThat(run("grid", "token", "alice", "--tenant", "vision", "--grants", "read,tasks"))
                .isEqualTo(ExitCode.OK);
        List<String> lines = text(out).lines().toList();
        String token = lines.get(1);
        Path file = Files.writeString(directory.resolve("tokens"), lines.get(4) + "\n");

        assertThat(TokensFile.open(file).find(token))
                .contains(new Caller("alice", "vision", Set.of(Grant.READ, Grant.TASKS)));
        assertThat(lines.get(4)).doesNotContain(token);
    }

    @Test
    void makesAnotherTokenEachTime() {
        run("grid", "token", "alice", "--json");
        run("grid", "token", "alice", "--json");

        assertThat(text(out).lines().distinct()).hasSize(2);
    }

    @Test
    void refusesAGrantThatIsNone() {
        assertThat(run("grid", "token", "alice", "--grants", "node")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).isEqualTo("unknown grant 'node' (known: read, write, tasks, admin)\n");
    }

    @Test
    void refusesANameThatWouldBreakTheLine() {
        assertThat(run("grid", "token", "al ice")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).startsWith("bad name: 'al ice'");
    }

    private int run(String... words) {
        return Main.run(
                words,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of());
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
