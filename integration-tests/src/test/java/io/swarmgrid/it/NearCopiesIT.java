package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.bytes.FileDownload;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read through a node that has no copy of it comes from there the next time, whoever is dead by then. */
class NearCopiesIT {
    private static final int MIB = 1 << 20;
    private static final int FILE_BYTES = 3 * MIB - 5000;
    private static final int CAPACITY_MIB = 32;
    private static final int FILES = 24;
    private static final int KEPT = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SAMPLE_MS = 50;

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void whatIsNearIsReadHereAndNoTierIsEverTooFull() throws Exception {
        Sampler sampler = new Sampler();
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try (LocalGrid grid = LocalGrid.start(directory, List.of(host("n1"), host("n2"), host("n3")));
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            var unused = clock.scheduleWithFixedDelay(sampler, 0, SAMPLE_MS, TimeUnit.MILLISECONDS);
            fillAndRead(grid, client);

            Swarm swarm = new Swarm(directory).on(grid.addresses());
            String path = "/f" + (FILES - 1);
            List<String> holders = swarm.run("locate", path, "--json")
                    .succeeds()
                    .json()
                    .path("holders")
                    .findValuesAsText("node");
            assertThat(holders).hasSize(2);
            NodeProcess reader = grid.nodes().stream()
                    .filter(node -> !holders.contains(node.name()))
                    .findFirst()
                    .orElseThrow();
            becomeNear(client, reader, FILES - 1);
            assertNear(client, reader, FILES - 1);

            NodeProcess holder = grid.node(holders.get(0));
            holder.kill();
            assertNear(client, reader, FILES - 1);
            holder.start();
            holder.awaitReady(PATIENCE);

            // They are there after the death of their node, too.
            reader.kill();
            reader.start();
            reader.awaitReady(PATIENCE);
            assertNear(client, reader, FILES - 1);

            swarm.run("rm", path).succeeds();
            put(client, FILES - 1, FILES);
            assertThat(read(client, reader, FILES - 1)).isEqualTo(content(FILES));
            swarm.run("grid", "status", "--wait-healthy=60").succeeds();
        } finally {
            clock.shutdownNow();
            assertThat(clock.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(sampler.samples.get()).isGreaterThan(20);
        assertThat(sampler.mostBytes.get()).isBetween(CAPACITY_MIB * MIB / 2L, (long) CAPACITY_MIB * MIB);
    }

    /** Much more than the tiers hold goes through them, and all of it is read through every node. */
    private void fillAndRead(LocalGrid grid, GridClient client) throws Exception {
        Swarm swarm = new Swarm(directory).on(grid.addresses());
        for (int file = 0; file < FILES; file++) {
            put(client, file, file);
            if (file >= KEPT) {
                swarm.run("rm", "/f" + (file - KEPT)).succeeds();
            }
            for (NodeProcess node : grid.nodes()) {
                assertThat(read(client, node, file)).isEqualTo(content(file));
            }
        }
        // What was written last has pushed near copies out, and where a disk is behind none are made: it is read once
        // more.
        for (NodeProcess node : grid.nodes()) {
            await().atMost(PATIENCE).until(() -> {
                for (int file = FILES - KEPT; file < FILES; file++) {
                    assertThat(read(client, node, file)).isEqualTo(content(file));
                }
                return number(node, "swarm_cache_held_bytes") > 0;
            });
        }
    }

    /** Where all room is taken, it has to be read more than once. */
    private void becomeNear(GridClient client, NodeProcess reader, int file) {
        await().atMost(PATIENCE).until(() -> {
            long before = elsewhere(reader);
            read(client, reader, file);
            return elsewhere(reader) == before;
        });
    }

    private void assertNear(GridClient client, NodeProcess reader, int file) throws IOException {
        long elsewhere = elsewhere(reader);
        long near = number(reader, "swarm_cache_read_bytes_total{from=\"near\"}");
        assertThat(read(client, reader, file)).isEqualTo(content(file));
        assertThat(elsewhere(reader)).isEqualTo(elsewhere);
        assertThat(number(reader, "swarm_cache_read_bytes_total{from=\"near\"}"))
                .isEqualTo(near + FILE_BYTES);
    }

    /** What it has read from others. */
    private long elsewhere(NodeProcess node) throws IOException {
        return number(node, "swarm_cache_read_bytes_total{from=\"remote\"}")
                + number(node, "swarm_cache_read_bytes_total{from=\"fetch\"}");
    }

    private LocalGrid.Host host(String name) {
        return LocalGrid.Host.loopback(new TreeMap<>(Map.of(
                "repair.join-grace", "1s",
                "repair.interval", "1s",
                "storage.trash-grace", "0s",
                "storage.block-size", "4MiB",
                "storage.cache.share", "40%",
                "storage.tiers", "[{medium: ssd, path: " + tier(name) + ", capacity: " + CAPACITY_MIB + "MiB}]")));
    }

    private Path tier(String name) {
        return directory.resolve(name + "-tier");
    }

    private static void put(GridClient client, int file, int content) {
        // A removed file gives its room back a moment later.
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (FileOutput output = new FileOutput(client, new FilePut("/f" + file, true, null, null, null))) {
                output.write(content(content), 0, FILE_BYTES);
                output.commit();
                return true;
            }
        });
    }

    private static byte[] read(GridClient client, NodeProcess node, int file) {
        byte[] all = new byte[FILE_BYTES];
        int at = 0;
        try (FileDownload download = client.bytes()
                .read(
                        "grpc://" + node.address(),
                        client.newHeaders(),
                        new FileRead("/f" + file, null, null),
                        PATIENCE)) {
            for (ByteBuf bytes = download.next(); bytes != null; bytes = download.next()) {
                int length = bytes.readableBytes();
                bytes.readBytes(all, at, length);
                bytes.release();
                at += length;
            }
        }
        assertThat(at).isEqualTo(FILE_BYTES);
        return all;
    }

    private static byte[] content(int seed) {
        byte[] bytes = new byte[FILE_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
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

    /** Adds up the files of each tier, near copies included. */
    private final class Sampler implements Runnable {
        /** A sum is of no one moment: what goes while it is made may be counted, and what comes in its place as well. */
        private static final int LOOKS = 5;

        private final AtomicLong samples = new AtomicLong();
        private final AtomicLong mostBytes = new AtomicLong();

        @Override
        public void run() {
            for (String name : List.of("n1", "n2", "n3")) {
                long least = Long.MAX_VALUE;
                for (int look = 0; look < LOOKS && least > CAPACITY_MIB * (long) MIB; look++) {
                    least = Math.min(least, bytes(tier(name)));
                }
                mostBytes.accumulateAndGet(least, Math::max);
            }
            samples.incrementAndGet();
        }

        private long bytes(Path tier) {
            AtomicLong sum = new AtomicLong();
            SimpleFileVisitor<Path> adding = new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
                    sum.addAndGet(is.size());
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes is) {
                    // The journal of names and what is lent by a second name take no room of blocks.
                    String name = entered.getFileName().toString();
                    return name.equals("names") || name.equals("lent")
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }
            };
            try {
                Files.walkFileTree(tier, adding);
            } catch (IOException e) {
                return 0; // it has just begun
            }
            return sum.get();
        }
    }
}
