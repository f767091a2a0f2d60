package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node compares the copies of the metadata by itself. */
class MetadataChecksTest {
    @TempDir
    private Path data;

    @Test
    void comparesAllOnceInAnInterval() throws Exception {
        try (GridNode node = GridNode.start(NodeFixture.config(data, Map.of("metadata.check-interval", "1s")))) {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(metrics(node))
                    .contains("swarm_metadata_compared 16.0", "swarm_metadata_differing 0.0"));
        }
    }

    private static String metrics(GridNode node) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + node.httpPort() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
