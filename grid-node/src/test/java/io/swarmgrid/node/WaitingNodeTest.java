package io.swarmgrid.node;

import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.config.Ports;
import io.swarmgrid.config.SwarmConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that comes to a grid that has begun, and has no majority at that moment, waits for it. */
class WaitingNodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORTS = 4;

    private final List<Integer> ports = Ports.free(3 * PORTS);
    private final List<GridNode> started = new ArrayList<>();
    private final ExecutorService aside = Executors.newSingleThreadExecutor();

    @TempDir
    private Path data;

    @AfterEach
    void stop() {
        aside.shutdownNow();
        started.forEach(GridNode::close);
    }

    @Test
    void waitsForAMajority() throws Exception {
        start(1);
        GridNode second = start(2);
        awaitVoters(2);
        second.close();
        awaitHealth(1, "no majority of the grid's nodes");

        Future<GridNode> third = aside.submit(() -> start(3));
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> third.isDone() || health(3).contains("no majority of the grid's nodes"));
        start(2);

        third.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        awaitHealth(3, "\"ok\"");
    }

    private GridNode start(int number) {
        List<Integer> own = ports.subList((number - 1) * PORTS, number * PORTS);
        SwarmConfig config = NodeFixture.config(
                data.resolve("n" + number),
                Map.of(
                        "node.name", "n" + number,
                        "listen.flight", "127.0.0.1:" + own.get(0),
                        "listen.grid", "127.0.0.1:" + own.get(1),
                        "listen.transport", "127.0.0.1:" + own.get(2),
                        "listen.http", "127.0.0.1:" + own.get(3),
                        "grid.seeds", "127.0.0.1:" + ports.get(1),
                        "repair.join-grace", "100ms",
                        "repair.interval", "1s"));
        GridNode node = GridNode.start(config);
        synchronized (started) {
            started.add(node);
        }
        return node;
    }

    private void awaitVoters(int count) {
        try (GridClient client = GridClient.connect(List.of("127.0.0.1:" + ports.get(0)), ClientOptions.DEFAULT)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> client.action("grid.status", new Nothing(), GridStatus.class).nodes().stream()
                                    .filter(NodeStatus::voter)
                                    .count()
                            == count);
        }
    }

    private void awaitHealth(int number, String part) {
        Awaitility.await().atMost(PATIENCE).until(() -> health(number).contains(part));
    }

    private String health(int number) throws IOException, InterruptedException {
        int http = ports.get(number * PORTS - 1);
        URI ready = URI.create("http://127.0.0.1:" + http + "/health/ready");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
