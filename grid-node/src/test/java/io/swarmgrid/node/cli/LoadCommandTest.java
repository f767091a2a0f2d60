package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.LoadRequest;
import io.swarmgrid.client.wire.LoadResult;
import io.swarmgrid.client.wire.LoadResult.MissingRange;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.node.local.JavaCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code swarm load}, with the answers of a node that loads 40 files of 3 blocks each. */
class LoadCommandTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final LoadRequest BEGIN = new LoadRequest("/d", null, null, null);
    private static final MissingRange LACKS = new MissingRange(
            "/d/f", 1_000_000, 2_000_000, ErrorCode.UNAVAILABLE.name(), "no copy of block=7 can be read");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private NamespaceDoor door;

    @BeforeEach
    void open() throws IOException {
        door = new NamespaceDoor();
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void asksAfterTheRunUntilItHasEnded() {
        door.loads(running(3), running(70), done(120, false));

        assertThat(run("load", "/d")).isEqualTo(ExitCode.OK);

        assertThat(text(out)).isEqualTo("40 files, 120 MB in 120 blocks on ssd of n2: /d; 60.0 MB were brought\n");
        assertThat(text(err)).isEmpty();
        LoadRequest after = new LoadRequest(null, null, "r1", null);
        assertThat(door.askedForLoads()).containsExactly(BEGIN, after, after);
    }

    @Test
    void listsWhatIsMissing() {
        door.loads(done(118, true, LACKS));

        assertThat(run("load", "/d")).isEqualTo(ExitCode.RETRY);

        assertThat(text(out)).isEqualTo("""
                /d/f: 2,000,000 bytes from 1,000,000 on: no copy of block=7 can be read
                ... and 5 more ranges
                2.00 MB of 120 MB are MISSING on ssd of n2: /d, in 2 of 120 blocks
                """);
        assertThat(text(err))
                .isEqualTo("swarm: files were made, written or removed there meanwhile: load it again to have what came"
                        + " later\n");
    }

    @Test
    void saysThatBytesAreDamaged() {
        door.loads(done(119, false, new MissingRange("/d/f", 0, 1, ErrorCode.CORRUPT_DATA.name(), "checksum")));
        assertThat(run("load", "/d", "--json")).isEqualTo(ExitCode.CORRUPT);
        assertThat(Json.read(out.toByteArray(), LoadResult.class).missing()).hasSize(1);
    }

    @Test
    void isRefusedAsOtherCommandsAre() {
        door.loads(failed(ErrorCode.PRECONDITION_FAILED, "load of 9 GiB, ssd tiers of n2 can take 1 GiB", "load less"));

        assertThat(run("load", "/d")).isEqualTo(ExitCode.EXISTS);

        assertThat(text(err)).isEqualTo("load of 9 GiB, ssd tiers of n2 can take 1 GiB (load less)\n");
    }

    @Test
    void waitsNoLongerThanItIsTold() {
        door.loads(running(3), running(3));
        assertThat(run("load", "/d", "--wait", "0")).isEqualTo(ExitCode.RETRY);
        assertThat(run("load", "/d", "--no-wait", "--tier", "hdd")).isEqualTo(ExitCode.OK);
        assertThat(text(out).lines())
                .contains(
                        "1 of 40 files, 3 of 120 blocks, 3.00 MB of 120 MB are there: /d",
                        "the load goes on; swarm load --on n2 --status shows it, swarm load --on n2 --stop ends it");
        assertThat(door.askedForLoads()).containsExactly(BEGIN, new LoadRequest("/d", "hdd", null, null));
    }

    @Test
    void showsAndStopsTheLastOne() {
        door.loads(running(3), failed(ErrorCode.CANCELLED, "the load was stopped: 3 MiB of 120 MiB", null));
        assertThat(run("load", "--status")).isEqualTo(ExitCode.OK);
        assertThat(run("load", "--stop")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).endsWith("the load was stopped: 3 MiB of 120 MiB\n");
        assertThat(door.askedForLoads())
                .containsExactly(new LoadRequest(null, null, null, null), new LoadRequest(null, null, null, true));
    }

    @Test
    void saysThatItGoesOnWhereItIsInterrupted(@TempDir Path directory) throws Exception {
        door.loads(running(3));
        Path told = directory.resolve("err");
        ProcessBuilder builder = JavaCommand.swarm(List.of("load", "/d"));
        builder.environment().put("SWARM_GRID", door.address());
        builder.redirectOutput(directory.resolve("out").toFile()).redirectError(told.toFile());
        Process process = builder.start();
        try {
            await().atMost(PATIENCE).until(() -> door.askedForLoads().size() > 2);
            process.destroy(); // as a terminal's ^C is, for a JVM
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(process.exitValue()).isNotZero();
        assertThat(Files.readString(told))
                .contains("swarm: the load goes on; swarm load --on n2 --status shows it, swarm load --on n2 --stop"
                        + " ends it\n");
    }

    @Test
    void knowsItsNodes() {
        assertThat(run("load", "/d", "--on", "n7")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(text(err)).startsWith("no such node: n7");
    }

    private static LoadResult running(long blocks) {
        return result(RecoverResult.RUNNING, "brings what is missing", blocks, null, null, false);
    }

    private static LoadResult done(long blocks, boolean changed, MissingRange... missing) {
        return result(RecoverResult.DONE, "ended", blocks, null, null, changed, missing);
    }

    private static LoadResult failed(ErrorCode code, String why, @Nullable String hint) {
        return result(RecoverResult.FAILED, why, 3, code.name(), hint, false);
    }

    private static LoadResult result(
            String state,
            String phase,
            long blocks,
            @Nullable String code,
            @Nullable String hint,
            boolean changed,
            MissingRange... missing) {
        return new LoadResult(
                "r1",
                state,
                phase,
                code,
                hint,
                "n2",
                "/d",
                "ssd",
                blocks / 3,
                40,
                blocks,
                120,
                blocks * 1_000_000,
                120_000_000,
                60_000_000,
                changed,
                missing.length == 0 ? 0 : 120 - blocks,
                missing.length == 0 ? 0 : (120 - blocks) * 1_000_000,
                List.of(missing),
                missing.length == 0 ? 0 : 5);
    }

    private int run(String... words) {
        return Main.run(words, stream(out), stream(err), Map.of("SWARM_GRID", door.address()));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
