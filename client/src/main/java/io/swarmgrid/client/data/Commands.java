package io.swarmgrid.client.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmgrid.client.wire.Json;

/** Descriptors' commands: the fields of a request and its {@code op}. */
final class Commands {
    private Commands() {}

    static byte[] encode(String operation, Object fields) {
        ObjectNode command = (ObjectNode) Json.tree(Json.write(fields));
        command.put("op", operation);
        return Json.write(command);
    }
}
