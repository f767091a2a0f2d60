package io.swarmgrid.node.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import java.util.List;
import org.apache.arrow.flight.FlightDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor, taken apart: a path, or an operation with its fields.
 *
 * @param path of a path descriptor; null for a command
 * @param op of a command; empty for a path
 */
record Command(@Nullable GridPath path, String op, ObjectNode fields) {
    static Command parse(FlightDescriptor descriptor, Requests requests) {
        if (descriptor.isCommand()) {
            ObjectNode fields = requests.object(descriptor.getCommand(), "command");
            JsonNode op = fields.remove("op");
            if (op == null || !op.isTextual()) {
                throw GridException.invalid(
                        "command: missing field 'op' (" + String.join(", ", Operations.COMMANDS) + ")");
            }
            return new Command(null, op.textValue(), fields);
        }
        List<String> parts = descriptor.getPath();
        if (parts == null || parts.isEmpty()) {
            throw GridException.invalid("the descriptor has neither a path nor a command");
        }
        if (parts.stream().anyMatch(String::isEmpty)) {
            throw GridException.invalid("bad path: a name is empty: " + parts);
        }
        return new Command(GridPath.of(parts), "", requests.object(new byte[0], "path"));
    }
}
