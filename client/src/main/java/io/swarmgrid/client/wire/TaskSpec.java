package io.swarmgrid.client.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to run, and on which data.
 *
 * @param command the program and its arguments
 * @param input path of a dataset, of a file, or of a directory of files: one split each
 * @param columns of a dataset; null for all
 * @param priority higher goes first; null for 0
 * @param timeoutMs of one attempt; null for none
 * @param maxAttempts of one split; null for 3
 * @param environment variables of the program
 * @param operationId names this submission, so that a retry of it happens once
 */
public record TaskSpec(
        List<String> command,
        String input,
        @Nullable List<String> columns,
        @Nullable Integer priority,
        @Nullable Long timeoutMs,
        @Nullable Integer maxAttempts,
        @Nullable Map<String, String> environment,
        @Nullable String operationId) {
    public TaskSpec {
        command = List.copyOf(command);
        columns = columns == null ? null : List.copyOf(columns);
        environment = environment == null ? null : Map.copyOf(environment);
    }
}
