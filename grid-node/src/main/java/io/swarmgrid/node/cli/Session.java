package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** A connection to the grid, made when it is first needed. Safe for use by several threads. */
public final class Session implements AutoCloseable {
    private final Output output;
    private final List<String> addresses;
    private final GridClient client;

    private Session(Output output, List<String> addresses, ClientOptions options) {
        this.output = output;
        this.addresses = List.copyOf(addresses);
        this.client = GridClient.connect(addresses, options);
    }

    /** With what the command line says. */
    public static Session of(SwarmCommand swarm) {
        String qos = swarm.qos();
        ClientOptions options = ClientOptions.DEFAULT
                .withToken(token(swarm))
                .withTrustedCertificates(swarm.tlsCa())
                .withQos(qos == null ? null : new QosClass(qos))
                .withTrace(Traceparent.parse(swarm.environment().get(Traceparent.VARIABLE)))
                .withTimeout(swarm.timeout());
        return new Session(swarm.output(), swarm.grid(), options);
    }

    /** To a grid on loopback, with no credentials. */
    public static Session connect(List<String> addresses, Output output) {
        return new Session(output, addresses, ClientOptions.DEFAULT);
    }

    /** The same to one node; the caller closes it, too. */
    Session at(String location) {
        return new Session(output, List.of(location), client.options());
    }

    public Output output() {
        return output;
    }

    public List<String> addresses() {
        return addresses;
    }

    public GridClient client() {
        return client;
    }

    public BufferAllocator allocator() {
        return client.allocator();
    }

    /** One action: JSON in, JSON out. */
    public <T> T call(String operation, Object request, Class<T> answer) {
        return client.action(operation, request, answer);
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

    private static @Nullable Supplier<String> token(SwarmCommand swarm) {
        Path file = swarm.tokenFile();
        String token = swarm.environment().get("SWARM_TOKEN");
        if (file != null) {
            String read;
            try {
                read = Files.readString(file).strip();
            } catch (IOException e) {
                throw GridException.invalid("cannot read the token file " + file + ": " + e);
            }
            return () -> read;
        }
        return token == null || token.isBlank() ? null : token::strip;
    }

    @Override
    public void close() {
        client.close();
    }
}
