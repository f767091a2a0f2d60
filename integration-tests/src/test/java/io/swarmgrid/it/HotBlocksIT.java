package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.bytes.FileDownload;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block that many read is on one more node for as long as they do, on three processes. */
class HotBlocksIT {
    private static final int FILE_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SENT = "swarm_transfer_bytes_total{class=\"interactive\",direction=\"out\"}";

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final byte[] content = new byte[FILE_BYTES];

    @Test
    void whatManyReadIsReadFromOneNodeMoreUntilTheyHaveGone() throws Exception {
        new Random(7).nextBytes(content);
        Path source = Files.write(directory.resolve("source"), content);
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host("n1"), host("n2"), host("n3")));
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", source.toString(), "/f", "--replicas", "1").succeeds();
            swarm.run("put", source.toString(), "/cold", "--replicas", "1").succeeds();
            String durable = one(names(swarm, "/f", false));

            await().atMost(PATIENCE).until(() -> {
                read(client, grid.node(durable), 20);
                return !names(swarm, "/f", true).isEmpty();
            });
            String cached = one(names(swarm, "/f", true));
            assertThat(cached).isNotEqualTo(durable);
            assertThat(names(swarm, "/f", false)).as("it does not count").containsExactly(durable);
            assertThat(names(swarm, "/cold", true)).isEmpty();
            assertThat(swarm.run("fsck", "/f").succeeds().out()).doesNotContain("surplus");

            NodeProcess third = grid.nodes().stream()
                    .filter(node -> !Set.of(durable, cached).contains(node.name()))
                    .findFirst()
                    .orElseThrow();
            long fromDurable = number(grid.node(durable), SENT);
            long fromCached = number(grid.node(cached), SENT);
            read(client, third, 40);
            assertThat(number(grid.node(durable), SENT) - fromDurable).isGreaterThanOrEqualTo(5L * FILE_BYTES);
            assertThat(number(grid.node(cached), SENT) - fromCached).isGreaterThanOrEqualTo(5L * FILE_BYTES);
            assertThat(sum(grid, "swarm_cache_hot_copies_total")).isPositive();

            // They read no more: it goes, and the room is had back.
            await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> names(swarm, "/f", true).isEmpty());
            await().atMost(PATIENCE).until(() -> sum(grid, "swarm_cache_kept_bytes") == 0);
            assertThat(sum(grid, "swarm_cache_hot_blocks")).isZero();
            assertThat(names(swarm, "/f", false)).containsExactly(durable);
            read(client, third, 1);
            swarm.run("fsck", "/f").succeeds();
        }
    }

    private void read(GridClient client, NodeProcess node, int times) {
        for (int i = 0; i < times; i++) {
            byte[] all = new byte[FILE_BYTES];
            int at = 0;
            try (FileDownload download = client.bytes()
                    .read("grpc://" + node.address(), client.newHeaders(), new FileRead("/f", null, null), PATIENCE)) {
                for (ByteBuf bytes = download.next(); bytes != null; bytes = download.next()) {
                    int length = bytes.readableBytes();
                    bytes.readBytes(all, at, length);
                    bytes.release();
                    at += length;
                }
            }
            assertThat(all).isEqualTo(content);
        }
    }

    /** Of the live nodes that have the block, those with nothing but a near copy, or the others. */
    private static Set<String> names(Swarm swarm, String path, boolean cached) throws Exception {
        Set<String> names = new TreeSet<>();
        for (JsonNode holder :
                swarm.run("locate", path, "--json").succeeds().json().path("holders")) {
            if (holder.path("live").asBoolean() && holder.path("cached").asBoolean() == cached) {
                names.add(holder.path("node").asText());
            }
        }
        return names;
    }

    private static String one(Set<String> names) {
        assertThat(names).hasSize(1);
        return names.iterator().next();
    }

    private long sum(LocalGrid grid, String metric) throws IOException {
        long sum = 0;
        for (NodeProcess node : grid.nodes()) {
            sum += number(node, metric);
        }
        return sum;
    }

    private long number(NodeProcess node, String metric) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.http() + "/metrics"))
                .timeout(PATIENCE)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(metric + " "))
                    .map(line -> Math.round(Double.parseDouble(line.substring(metric.length() + 1))))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(node.name() + " does not tell " + metric));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private LocalGrid.Host host(String name) {
        return LocalGrid.Host.loopback(new TreeMap<>(Map.of(
                "repair.join-grace", "1s",
                "repair.interval", "1s",
                "storage.block-size", "4MiB",
                // What is read in passing is kept nowhere.
                "storage.cache.share", "0%",
                "storage.cache.hot-rate", "3",
                "storage.cache.hot-copies", "1",
                "storage.cache.hot-linger", "10s",
                "storage.tiers",
                        "[{medium: ssd, path: " + directory.resolve(name + "-tier") + ", capacity: 256MiB}]")));
    }
}
