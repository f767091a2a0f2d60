package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmgrid.node.local.JavaCommand;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where there is no FUSE a mount says what is missing and how to have it. Needs no FUSE itself. */
class NoFuseIT {
    private static final Path DEVICE = Path.of("/dev/fuse");
    private static final long PATIENCE_SECONDS = 60;
    private static final String HOW_TO_HAVE_IT =
            "modprobe fuse as root; in a container start it with --device /dev/fuse --cap-add SYS_ADMIN";

    @TempDir
    private Path directory;

    private record Ended(int exit, String said) {}

    @Test
    void isToldAndHowToHaveIt() throws Exception {
        if (!Files.exists(DEVICE)) {
            Ended ended = mount(List.of());
            assertThat(ended.said()).contains("no /dev/fuse here", HOW_TO_HAVE_IT);
            assertThat(ended.exit()).isEqualTo(1);
            return;
        }
        // As runtimes of containers take a device away; seen by this process and its children alone.
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        List<String> covered = List.of(
                "unshare",
                root ? "-m" : "-rm",
                "bash",
                "-c",
                "mount --bind /dev/null " + DEVICE + " && exec \"$@\"",
                "bash");
        Ended tried = run(covered, List.of("true"));
        assumeTrue(tried.exit() == 0, "NOT TESTED, cannot cover " + DEVICE + " here: " + tried.said());

        Ended ended = mount(covered);

        assertThat(ended.said()).contains("/dev/fuse is not FUSE's device", HOW_TO_HAVE_IT);
        assertThat(ended.exit()).isEqualTo(1);
    }

    private Ended mount(List<String> before) throws Exception {
        Path place = Files.createDirectory(directory.resolve("grid"));
        List<String> words = List.of("mount", place.toString(), "--grid", "127.0.0.1:1");
        return run(before, JavaCommand.swarm(words).command());
    }

    private Ended run(List<String> before, List<String> command) throws Exception {
        List<String> words = new ArrayList<>(before);
        words.addAll(command);
        Path said = Files.createTempFile(directory, "said", "");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(said.toFile())
                .start();
        boolean ended = false;
        try {
            ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(ended).as("%s ends: %s", words, Files.readString(said)).isTrue();
        return new Ended(process.exitValue(), Files.readString(said));
    }
}
