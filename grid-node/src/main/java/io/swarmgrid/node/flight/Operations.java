package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.List;
import java.util.stream.Stream;

/** The commands of descriptors, and what requests have in common. */
final class Operations {
    static final String DATASET_READ = "dataset.read";
    static final String FILE_READ = "file.read";
    static final String TASK_RESULT = "task.result";
    static final String DATASET_PUT = "dataset.put";
    static final String FILE_PUT = "file.put";
    static final String CHECKPOINT_PUT = "checkpoint.put";
    static final List<String> READ_COMMANDS = List.of(DATASET_READ, FILE_READ, TASK_RESULT);
    static final List<String> PUT_COMMANDS = List.of(DATASET_PUT, FILE_PUT, CHECKPOINT_PUT);
    static final List<String> COMMANDS =
            Stream.concat(READ_COMMANDS.stream(), PUT_COMMANDS.stream()).toList();

    private Operations() {}

    static GridException unknownCommand(String op, List<String> here) {
        String shown = op.length() > 64 ? op.substring(0, 64) + "..." : op;
        String hint = COMMANDS.contains(op)
                ? "it belongs to the other direction: " + String.join(", ", here) + " are taken here"
                : "known here: " + String.join(", ", here);
        return new GridException(ErrorCode.UNKNOWN_OPERATION, "unknown command '" + shown + "'", null, hint, null);
    }
}
