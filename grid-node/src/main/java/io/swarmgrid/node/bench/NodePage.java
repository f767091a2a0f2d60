package io.swarmgrid.node.bench;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The figures that a node shows of itself at {@code /metrics}. Thread-safe. */
final class NodePage {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest request;

    /** @param address of the node's HTTP door, {@code host:port} */
    NodePage(String address) {
        this.request = HttpRequest.newBuilder(URI.create("http://" + address + "/metrics"))
                .timeout(PATIENCE)
                .build();
    }

    String text() throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /**
     * The sum of all lines that begin so.
     *
     * @param beginning of the metric's name, with labels as far as they matter
     * @throws GridException INTERNAL where there is no such line
     */
    static double sum(String text, String beginning) {
        double sum = 0;
        boolean found = false;
        for (String line : text.lines().toList()) {
            if (line.startsWith(beginning)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                found = true;
            }
        }
        if (!found) {
            throw new GridException(ErrorCode.INTERNAL, "the node shows no " + beginning);
        }
        return sum;
    }
}
