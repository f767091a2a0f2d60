package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void listsEveryCommandInItsHelp() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(text(out))
                .contains(
                        "put",
                        "get",
                        "ls",
                        "stat",
                        "cat",
                        "rm",
                        "mv",
                        "mkdir",
                        "du",
                        "quota",
                        "locate",
                        "dataset",
                        "checkpoint")
                .contains("\n  pin ", "\n  unpin ", "\n  load ")
                .contains("task", "grid", "bench", "doctor", "hdfs-env", "node", "demo", "completion")
                .contains("Exit status:")
                .doesNotContain("warm-archive");
    }

    @Test
    void showsTheHelpWhereNothingIsAsked() {
        assertThat(run()).isEqualTo(ExitCode.OK);
        assertThat(text(out)).startsWith("Usage: swarm");
    }

    @Test
    void suggestsTheCommandThatWasMeant() {
        assertThat(run("stats", "/a")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err))
                .startsWith("Unmatched argument")
                .contains("did you mean")
                .contains("stat");
        assertThat(text(err).lines()).hasSize(1);
    }

    @Test
    void refusesAnUnknownOptionInOneLine() {
        assertThat(run("ls", "--hel")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).isEqualTo("Unknown option: '--hel' (did you mean --help?); see: swarm ls --help\n");
    }

    @Test
    void refusesToRemoveTheRootWithoutAskingTheGrid() {
        assertThat(run("rm", "-r", "//")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).isEqualTo("refused to remove /\n");
    }

    @Test
    void refusesToPinNothingAndToChangeAList() {
        assertThat(run("pin", "--tier", "mem")).isEqualTo(ExitCode.USAGE);
        assertThat(run("pin", "--list", "--copies", "2", "/a")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err).lines())
                .containsExactly(
                        "name the PATH that is to be pinned, or ask for --list; see: swarm pin --help",
                        "--list changes nothing: leave --tier, --copies and --wait away; see: swarm pin --help");
    }

    @Test
    void refusesToLoadNothingAndToBeginWhatItOnlyLooksAt() {
        assertThat(run("load", "--tier", "mem")).isEqualTo(ExitCode.USAGE);
        assertThat(run("load", "--status", "/a")).isEqualTo(ExitCode.USAGE);
        assertThat(run("load", "--stop", "--status")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err).lines())
                .containsExactly(
                        "name the PATH that is to be loaded, or ask for --status or --stop; see: swarm load --help",
                        "--status and --stop are of the load that a node is at: leave PATH and --tier away; see: swarm load --help",
                        "--status and --stop exclude each other; see: swarm load --help");
    }

    @Test
    void refusesAPolicyForAllBelowThatSaysNothing() {
        assertThat(run("policy", "-R", "/a")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err))
                .isEqualTo(
                        "--recursive sets something: give --durability, --replicas or --ttl as well; see: swarm policy --help\n");
    }

    @Test
    void tellsThatNoGridIsThere() {
        assertThat(run("--grid", "127.0.0.1:1", "ls", "/")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(text(err)).contains("127.0.0.1:1");
        assertThat(text(err).lines()).hasSize(1);
    }

    @Test
    void takesGlobalOptionsBeforeAndAfterTheCommand() {
        assertThat(run("--json", "stat", "/a", "--grid", "127.0.0.1:1")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(text(err)).startsWith("{\"error\":{\"code\":\"UNAVAILABLE\"");
    }

    @Test
    void namesThePartsOfABenchmarkWhereOneIsUnknown() {
        assertThat(run("bench", "storage-stream", "disks")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err))
                .isEqualTo(
                        "unknown part 'disks' (known: flight, write, files, directory, cache, mount, hadoop, storage, storage-stream, storage-random,"
                                + " storage-files, storage-repair, storage-memory)\n");
    }

    @Test
    void refusesToLoseTheNodesOfANamedGridForABenchmark() {
        assertThat(run("bench", "storage", "--grid", "127.0.0.1:1")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).contains("leave out --grid");
    }

    @Test
    void printsACompletionScriptOfAllCommands() {
        assertThat(run("completion")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).contains("complete -F").contains("checkpoint").contains("--wait-healthy");
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
