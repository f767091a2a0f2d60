package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.Json;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A connection to the grid, made when it is first needed. Safe for use by several threads. */
public final class Session implements AutoCloseable {
    private final Output output;
    private final List<String> addresses;
    private final BufferAllocator allocator = new RootAllocator();

    private Session(Output output, List<String> addresses) {
        this.output = output;
        this.addresses = addresses;
    }

    /** With what the command line says. */
    public static Session of(SwarmCommand swarm) {
        return new Session(swarm.output(), swarm.grid());
    }

    /** To a grid on loopback, with no credentials. */
    public static Session connect(List<String> addresses, Output output) {
        return new Session(output, addresses);
    }

    public Output output() {
        return output;
    }

    public List<String> addresses() {
        return addresses;
    }

    public BufferAllocator allocator() {
        return allocator;
    }

    /** One action: JSON in, JSON out. */
    public <T> T call(String operation, Object request, Class<T> answer) {
        return Json.read(Json.write(operation + request), answer);
    }

    /** Shows an answer as it came: names and values, or JSON. */
    public void show(Map<?, ?> answer) {
        if (output.json()) {
            output.document(answer);
            return;
        }
        Table table = new Table("", "");
        answer.forEach((name, value) -> table.row(String.valueOf(name), text(value)));
        table.print(output.out());
    }

    private static String text(Object value) {
        return value instanceof Map || value instanceof List ? Json.text(value) : String.valueOf(value);
    }

    @Override
    public void close() {
        allocator.close();
    }
}
