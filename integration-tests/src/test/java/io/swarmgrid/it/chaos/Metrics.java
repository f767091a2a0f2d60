package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** What a node says of itself to Prometheus. */
final class Metrics {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String node;
    private final List<String> lines;

    private Metrics(String node, List<String> lines) {
        this.node = node;
        this.lines = lines;
    }

    static Metrics of(NodeProcess node) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.http() + "/metrics"))
                .timeout(PATIENCE)
                .build();
        try {
            String page = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
            return new Metrics(node.name(), page.lines().toList());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The one number of that name. */
    long number(String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> Math.round(Double.parseDouble(line.substring(name.length() + 1))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("node " + node + " does not tell " + name));
    }
}
