package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.arrow.flight.ActionType;

/** The actions by name: what each takes, who may ask, and who answers. Immutable once filled. */
final class ActionTable {
    private final Map<String, Entry<?>> entries = new LinkedHashMap<>();
    private final Requests requests;

    ActionTable(Requests requests) {
        this.requests = requests;
    }

    private record Entry<Q extends Record>(
            String description, Grant grant, Class<Q> request, BiFunction<CallContext, Q, Object> answer) {
        byte[] run(CallContext context, byte[] body, Requests requests, String name) {
            context.caller().require(grant);
            return Json.write(answer.apply(context, requests.read(body, request, name)));
        }
    }

    <Q extends Record> void add(
            String name, String description, Grant grant, Class<Q> request, BiFunction<CallContext, Q, Object> answer) {
        entries.put(name, new Entry<>(description, grant, request, answer));
    }

    List<ActionType> types() {
        return entries.entrySet().stream()
                .map(each -> new ActionType(each.getKey(), each.getValue().description()))
                .toList();
    }

    /** @throws GridException UNKNOWN_OPERATION with the names that are near */
    byte[] run(CallContext context, String name, byte[] body) {
        Entry<?> entry = entries.get(name);
        if (entry == null) {
            List<String> near = NearNames.of(name, entries.keySet());
            String shown = name.length() > 64 ? name.substring(0, 64) + "..." : name;
            throw new GridException(
                    ErrorCode.UNKNOWN_OPERATION,
                    "unknown action '" + shown + "'",
                    null,
                    near.isEmpty() ? "ListActions names them all" : "did you mean " + String.join(" or ", near) + "?",
                    null);
        }
        return entry.run(context, body, requests, name);
    }
}
