package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.it.chaos.SmallDisk;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk fails the write that does not fit, and nothing else. */
class FullDiskIT {
    private static final int MIB = 1 << 20;
    private static final int DISK_MIB = 256;
    private static final int LEFT_MIB = 24;
    private static final int MOST_FILES = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    @Test
    void aWriteThatDoesNotFitFailsCleanlyAndGivesTheSpaceBack() throws Exception {
        Path tier = directory.resolve("tier");
        Map<String, String> settings = Map.of(
                "storage.tiers", "[{medium: ssd, path: " + tier + ", capacity: 24MiB}]",
                "storage.block-size", "4MiB",
                "storage.trash-grace", "0s",
                "repair.interval", "1s");
        try (LocalGrid grid = LocalGrid.start(directory, 1, settings)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            Path first = file("first", 10 * MIB);
            Path tooMuch = file("too-much", 20 * MIB);
            swarm.run("put", first.toString(), "/first").succeeds();
            long usedBefore = used(swarm);

            Swarm.Result refused = swarm.run("put", tooMuch.toString(), "/too-much");

            refused.exits(7);
            // Whoever notices first: the tier, or the placement by what nodes have last said of their room.
            assertThat(refused.err())
                    .satisfiesAnyOf(
                            err -> assertThat(err).contains(tier.toString()).contains("free_bytes"),
                            err -> assertThat(err).contains("no node can take another block of 4MiB: /too-much"));
            swarm.run("stat", "/too-much").exits(3);
            get(swarm, "/first", first);
            Awaitility.await().untilAsserted(() -> assertThat(used(swarm)).isEqualTo(usedBefore));
            assertThat(bytesBelow(tier)).isLessThan(11 * MIB);

            swarm.run("put", first.toString(), "/second").succeeds();
            swarm.run("put", first.toString(), "/third").exits(7);
            swarm.run("rm", "/second").succeeds();
            Awaitility.await().untilAsserted(() -> assertThat(used(swarm)).isEqualTo(usedBefore));
            swarm.run("put", first.toString(), "/third").succeeds();
            get(swarm, "/third", first);
            get(swarm, "/first", first);
        }
    }

    @Test
    void aDatasetThatDoesNotFitLeavesNothing() throws Exception {
        Path tier = directory.resolve("tier");
        Map<String, String> settings = Map.of(
                "storage.tiers", "[{medium: ssd, path: " + tier + ", capacity: 2MiB}]", "storage.block-size", "1MiB");
        try (LocalGrid grid = LocalGrid.start(directory, 1, settings)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());

            swarm.run(
                            "dataset",
                            "put",
                            "/flights",
                            Path.of("..", "data", "flights-200k.arrow").toString())
                    .exits(7);

            swarm.run("stat", "/flights").exits(3);
            Awaitility.await().untilAsserted(() -> assertThat(used(swarm)).isZero());
        }
    }

    /** What it would take to end the node: its log, and pages that lie in memory, find no room. */
    @Test
    void aDiskFullOfMetadataTakesNoMoreOfItAndTheNodeGoesOn() throws Exception {
        Path metadata = directory.resolve("n1/metadata");
        Optional<SmallDisk> mounted = SmallDisk.mount(metadata, DISK_MIB);
        assumeTrue(mounted.isPresent(), "NOT TESTED: only root makes a small disk");
        Map<String, String> settings = Map.of(
                "metadata.region-size", "32MiB",
                "metadata.wal-segment-size", "1MiB",
                "metadata.partitions", "16",
                "metadata.durability", "process",
                "storage.durability", "process");
        try (SmallDisk disk = mounted.get();
                LocalGrid grid = LocalGrid.start(directory, 1, settings);
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            client.action("fs.mkdir", Map.of("path", "/before"), FileStatus.class);
            disk.fill(LEFT_MIB * MIB);

            int files = fillWithSmallFiles(client, metadata);

            Swarm swarm = new Swarm(directory).on(grid.addresses());
            assertThat(swarm.run("put", file("large", 2 * MIB).toString(), "/large")
                            .exits(7)
                            .err())
                    .contains("no room for more metadata: node=n1, directory=" + metadata, "free space on that disk");
            refusedForWantOfRoom(() -> client.action("fs.mkdir", Map.of("path", "/directory"), FileStatus.class));
            refusedForWantOfRoom(() -> client.action(
                    "fs.set_attribute", Map.of("path", "/before", "name", "a", "value", "b"), FileStatus.class));
            assertThat(client.action("fs.mkdir", Map.of("path", "/before", "parents", true), FileStatus.class)
                            .path())
                    .as("nothing is made")
                    .isEqualTo("/before");
            assertThat(all(client, files)).isEqualTo(files);
            client.action("fs.rename", Map.of("from", "/f0", "to", "/before/renamed"), FileStatus.class);
            client.action("fs.remove", Map.of("path", "/f1"), Removed.class);
            assertThat(small(client, "/before/renamed")).isEqualTo(content(0));

            NodeProcess node = grid.node("n1");
            node.kill(); // so that it replays its log, and writes all pages, on the disk as it is
            node.start();
            node.awaitReady(PATIENCE);
            assertThat(all(client, files)).isEqualTo(files - 2);
            refusedForWantOfRoom(() -> put(client, files));

            disk.relieve();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreException(GridException.class)
                    .until(() -> {
                        put(client, files);
                        return true;
                    });
            assertThat(small(client, "/f" + files)).isEqualTo(content(files));
        }
    }

    /** How many it took. */
    private static int fillWithSmallFiles(GridClient client, Path metadata) {
        for (int i = 0; i < MOST_FILES; i++) {
            try {
                put(client, i);
            } catch (GridException e) {
                assertThat(e.code()).as("after %s files: %s", i, e.getMessage()).isEqualTo(ErrorCode.NO_SPACE);
                assertThat(e).hasMessageContaining(metadata.toString());
                return i;
            }
        }
        throw new AssertionError(MOST_FILES + " files fit");
    }

    private static void refusedForWantOfRoom(ThrowingCallable change) {
        assertThatThrownBy(change).isInstanceOfSatisfying(GridException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.NO_SPACE));
    }

    private static void put(GridClient client, int number) {
        byte[] content = content(number);
        try (FileOutput output = new FileOutput(client, new FilePut("/f" + number, false, null, null, null))) {
            output.write(content, 0, content.length);
            output.commit();
        }
    }

    private static byte[] content(int number) {
        byte[] content = new byte[4000];
        new Random(number).nextBytes(content);
        return content;
    }

    /** How many of them are there, each as it was put. */
    private static int all(GridClient client, int files) {
        int there = 0;
        for (int i = 0; i < files; i++) {
            try {
                assertThat(small(client, "/f" + i)).isEqualTo(content(i));
                there++;
            } catch (GridException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            }
        }
        return there;
    }

    private static byte[] small(GridClient client, String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new FileTransfer(client).get(new FileRead(path, null, null), Channels.newChannel(bytes), count -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Path file(String name, int bytes) throws Exception {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return Files.write(directory.resolve(name), content);
    }

    private void get(Swarm swarm, String path, Path expected) throws Exception {
        Path fetched = directory.resolve("fetched");
        swarm.run("get", "-f", path, fetched.toString()).succeeds();
        assertThat(Files.mismatch(fetched, expected)).as(path).isEqualTo(-1);
    }

    private static long used(Swarm swarm) throws Exception {
        JsonNode status = swarm.run("grid", "status", "--json").succeeds().json();
        return status.path("nodes").get(0).path("used_bytes").asLong();
    }

    private static long bytesBelow(Path tier) throws Exception {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(tier)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
