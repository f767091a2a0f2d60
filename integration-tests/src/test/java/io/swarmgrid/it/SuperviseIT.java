package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.Ports;
import io.swarmgrid.node.local.JavaCommand;
import io.swarmgrid.node.local.NodeProcess;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code swarm node --supervise}, through the launcher and what the build packed. */
class SuperviseIT {
    private static final long PATIENCE_SECONDS = 60;
    private static final int TERMINATED = 143;
    private static final int WRONG_COMMAND_LINE = 2;

    @TempDir
    private Path directory;

    @Test
    void startsANodeThatDiedAgainAndEndsWithIt() throws Exception {
        List<Integer> ports = Ports.free(4);
        Process supervisor = launch(
                "--data",
                directory.resolve("data").toString(),
                "--name",
                "n1",
                "--set",
                "listen.flight=127.0.0.1:" + ports.get(0),
                "--set",
                "listen.grid=127.0.0.1:" + ports.get(1),
                "--set",
                "listen.transport=127.0.0.1:" + ports.get(2),
                "--set",
                "listen.http=127.0.0.1:" + ports.get(3));
        try (BufferedReader out = supervisor.inputReader(StandardCharsets.UTF_8)) {
            Swarm swarm = new Swarm(directory).on(List.of("127.0.0.1:" + ports.get(0)));
            awaitReady(out);
            swarm.run("mkdir", "/kept").succeeds();
            ProcessHandle node = node(supervisor);

            node.destroyForcibly();
            awaitReady(out);

            swarm.run("stat", "/kept").succeeds();
            assertThat(Files.readString(errors()))
                    .contains("the node died with exit code 137: starting it again in 1 s");
            ProcessHandle again = node(supervisor);
            assertThat(again.pid()).isNotEqualTo(node.pid());

            supervisor.destroy();
            assertThat(supervisor.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(supervisor.exitValue()).isEqualTo(TERMINATED);
            assertThat(again.isAlive()).isFalse();
        } finally {
            end(supervisor);
        }
    }

    @Test
    void doesNotRepeatAMistakeInTheCommandLine() throws Exception {
        Process supervisor = launch("--set", "no.such-key=1");
        try {
            assertThat(supervisor.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(supervisor.exitValue()).isEqualTo(WRONG_COMMAND_LINE);
            assertThat(Files.readString(errors())).contains("no: unknown key").doesNotContain("starting it again");
        } finally {
            end(supervisor);
        }
    }

    private Process launch(String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of("node", "--supervise"));
        words.addAll(Arrays.asList(arguments));
        return JavaCommand.swarm(words).redirectError(errors().toFile()).start();
    }

    private Path errors() {
        return directory.resolve("errors");
    }

    private static void awaitReady(BufferedReader out) throws Exception {
        String line = out.readLine();
        while (line != null && !line.startsWith(NodeProcess.READY)) {
            line = out.readLine();
        }
        assertThat(line).as("the node is ready").isNotNull();
    }

    private static ProcessHandle node(Process supervisor) {
        return supervisor
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the supervisor runs no node"));
    }

    private static void end(Process supervisor) throws InterruptedException {
        List<ProcessHandle> all = supervisor.descendants().toList();
        supervisor.destroyForcibly().waitFor();
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
