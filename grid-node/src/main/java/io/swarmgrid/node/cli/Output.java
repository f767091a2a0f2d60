package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a command's answer goes: text for people or JSON for machines on standard output, everything else on standard
 * error.
 *
 * @param json one JSON document, or one a line where a command streams
 * @param quiet no progress, no words of success
 */
public record Output(PrintStream out, PrintStream err, boolean json, boolean quiet, Map<String, String> environment) {
    private static final long QUIET_NANOS = 1_000_000_000L;

    public Output {
        environment = Map.copyOf(environment);
    }

    /** A line of success, for people only. */
    public void say(String line) {
        if (!json && !quiet) {
            out.println(line);
        }
    }

    public void line(String line) {
        out.println(line);
    }

    public void document(Object value) {
        out.println(Json.text(value));
    }

    public void warn(String line) {
        err.println("swarm: " + line);
    }

    public Progress.Style progress() {
        if (quiet || json) {
            return Progress.Style.silent(err);
        }
        return new Progress.Style(err, terminal(), width(), QUIET_NANOS, "");
    }

    /** Whether standard error is a terminal: the launcher knows, this JVM cannot. */
    private boolean terminal() {
        return "1".equals(environment.get("SWARM_STDERR_TTY"));
    }

    private int width() {
        try {
            return Math.max(40, Integer.parseInt(environment.getOrDefault("COLUMNS", "100")));
        } catch (NumberFormatException e) {
            return 100;
        }
    }

    /** Tells one error in one line and returns the command's exit status. */
    public int failed(Throwable thrown) {
        GridException error = Errors.asGrid(thrown);
        int exit = ExitCode.of(error.code());
        if (json) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("code", error.code().name());
            body.put("kind", error.kind().name());
            body.put("message", error.getMessage());
            if (error.path() != null) {
                body.put("path", error.path());
            }
            if (error.hint() != null) {
                body.put("hint", error.hint());
            }
            body.put("exit", exit);
            err.println(Json.text(Map.of("error", body)));
        } else {
            String hint = error.hint();
            err.println(error.getMessage() + (hint == null ? "" : " (" + hint + ")"));
        }
        if (environment.containsKey("SWARM_DEBUG")) {
            thrown.printStackTrace(err);
        }
        return exit;
    }
}
