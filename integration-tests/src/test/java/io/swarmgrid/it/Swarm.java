package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.node.local.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The {@code swarm} command, each call a process of its own, as a shell would run it. */
final class Swarm {
    private static final long PATIENCE_SECONDS = 120;

    private final Path scratch;
    private final Map<String, String> environment = new TreeMap<>();

    /** @param scratch a directory for what the processes print */
    Swarm(Path scratch) {
        this.scratch = scratch;
    }

    /** What a call came to. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Result(List<String> words, int exit, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        Result succeeds() {
            return exits(0);
        }

        Result exits(int expected) {
            assertThat(exit).as("%s%nout: %s%nerr: %s", words, out(), err).isEqualTo(expected);
            return this;
        }

        /** The one JSON document that it answered. */
        JsonNode json() {
            return Json.tree(bytes);
        }

        /** The JSON documents that it answered, one a line. */
        List<JsonNode> documents() {
            return out().lines()
                    .map(line -> Json.tree(line.getBytes(StandardCharsets.UTF_8)))
                    .toList();
        }
    }

    Swarm with(String variable, String value) {
        Swarm other = new Swarm(scratch);
        other.environment.putAll(environment);
        other.environment.put(variable, value);
        return other;
    }

    /** Against the grid of these nodes. */
    Swarm on(List<String> addresses) {
        return with("SWARM_GRID", String.join(",", addresses));
    }

    Result run(String... words) throws IOException, InterruptedException {
        return run(null, words);
    }

    /** @param input what it finds on standard input; null for nothing */
    Result run(@Nullable Path input, String... words) throws IOException, InterruptedException {
        Path out = Files.createTempFile(scratch, "out", "");
        Path err = Files.createTempFile(scratch, "err", "");
        try {
            ProcessBuilder builder = JavaCommand.swarm(Arrays.asList(words));
            builder.environment().putAll(environment);
            builder.redirectInput(input == null ? new File("/dev/null") : input.toFile());
            builder.redirectOutput(out.toFile()).redirectError(err.toFile());
            Process process = builder.start();
            boolean ended = false;
            try {
                ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } finally {
                process.destroyForcibly().waitFor();
            }
            List<String> asked = new ArrayList<>(List.of("swarm"));
            asked.addAll(Arrays.asList(words));
            assertThat(ended)
                    .as("%s ends. Its errors: %s", asked, Files.readString(err))
                    .isTrue();
            return new Result(asked, process.exitValue(), Files.readAllBytes(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
