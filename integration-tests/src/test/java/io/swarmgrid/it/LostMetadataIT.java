package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileBlocks;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.LostMetadata;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grid whose metadata have no second copy loses a node: what is not there is named, nothing else is touched. */
class LostMetadataIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A node that is waited for no longer than a moment stays counted all the same, while only it has a part. */
    private static final Map<String, String> NO_SECOND_COPY = Map.of(
            "metadata.backups", "0", "repair.node-grace", "1s", "repair.interval", "1s", "repair.join-grace", "1s");

    /** What is not there now stays so for as long as the test is about: nobody waits for it longer than needed. */
    private static final ClientOptions HASTY =
            ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(5)).withRetries(0);

    private static final String FILE = "/file";
    private static final String OTHER = "/other";

    private static final List<String> DIRECTORIES =
            IntStream.range(0, 40).mapToObj(i -> "/d" + i).toList();

    /** As ids of inodes have it: their upper bits name the partition. */
    private static final int HOME_SHIFT = 48;

    private static final int PARTITIONS = 16;

    /** Longer than it takes until what seems to be nobody's is deleted. */
    private static final Duration ORPHANS_GO = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @Test
    void whatIsLostIsNamedAndIsBackWithItsNode() throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 3, NO_SECOND_COPY);
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT);
                GridClient hasty = GridClient.connect(grid.addresses(), HASTY)) {
            for (String path : DIRECTORIES) {
                client.action("fs.mkdir", new MakeDirectory(path, false), FileStatus.class);
                put(client, path + FILE, null);
            }
            NodeProcess lost = grid.node("n3");

            lost.kill();

            await().atMost(PATIENCE).ignoreExceptions().until(() -> lost(client) != null);
            LostMetadata told = Objects.requireNonNull(lost(client));
            assertThat(told.waitingFor()).containsExactly("n3");
            assertThat(told.partitions().keySet()).contains("dentries", "inodes", "blocks");
            assertThat(DIRECTORIES.stream().filter(path -> isRefused(() -> stat(hasty, path))))
                    .isNotEmpty();
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            assertThat(swarm.run("grid", "status").succeeds().out())
                    .contains("METADATA LOST until these nodes are back: n3");
            assertThat(isRefused(() -> list(hasty, "/")))
                    .as("a list without what is lost")
                    .isTrue();
            Map<String, Boolean> expected = changeWhatIsThere(hasty);

            lost.start();
            lost.awaitReady(PATIENCE);
            JsonNode healthy = swarm.run("grid", "status", "--wait-healthy=60", "--json")
                    .succeeds()
                    .json();
            assertThat(healthy.has("lost_metadata")).isFalse();
            assertThat(list(client, "/")).containsAll(DIRECTORIES);
            for (String path : DIRECTORIES) {
                List<String> there = Stream.of(FILE, OTHER)
                        .map(path::concat)
                        .filter(expected::get)
                        .toList();
                assertThat(list(client, path)).isEqualTo(there);
                there.forEach(file -> read(client, file));
            }
        }
    }

    @Test
    void aNodeThatComesBackWithoutTheOnlyCopyIsNotTakenForWhole() throws Exception {
        Map<String, String> settings = new HashMap<>(NO_SECOND_COPY);
        settings.putAll(Map.of(
                "node.recover",
                "true",
                "storage.lease-duration",
                "2s",
                "storage.orphan-grace",
                "3s",
                "storage.replicas",
                "2"));
        Path local = makeFiles();
        try (LocalGrid grid = LocalGrid.start(directory, 3, settings);
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", "-r", local.toString(), "/kept").succeeds();
            swarm.run("grid", "status", "--wait-healthy=60").succeeds();
            Set<String> blocks = names();
            assertThat(blocks).hasSizeGreaterThanOrEqualTo(DIRECTORIES.size());
            NodeProcess lost = grid.node("n3");
            lost.kill();
            Path metadata = directory.resolve("n3").resolve("metadata");
            Path aside = Files.move(metadata, directory.resolve("aside"));
            await().atMost(PATIENCE).ignoreExceptions().until(() -> lost(client) != null);

            lost.start();

            await().atMost(PATIENCE).ignoreExceptions().until(() -> isUp(client, "n3"));
            await().during(ORPHANS_GO).atMost(PATIENCE).ignoreExceptions().until(() -> names().containsAll(blocks));
            LostMetadata told = Objects.requireNonNull(lost(client));
            assertThat(told.waitingFor()).containsExactly("n3");
            assertThat(swarm.run("grid", "status").succeeds().out())
                    .contains("METADATA LOST", "n3 came back without its metadata");

            // Whoever finds the metadata puts it back, and nothing was lost.
            lost.kill();
            Files.move(metadata, directory.resolve("empty"));
            Files.move(aside, metadata);
            lost.start();
            lost.awaitReady(PATIENCE);
            swarm.run("grid", "status", "--wait-healthy=60").succeeds();
            Path copy = directory.resolve("copy");
            swarm.run("get", "-r", "/kept", copy.toString()).succeeds();
            for (String path : DIRECTORIES) {
                Path file = local.resolve(path.substring(1)).resolve("file");
                assertThat(copy.resolve(local.relativize(file))).hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void whatTheOthersKnowOfIsRepairedWhileMetadataIsLost() throws Exception {
        Map<String, String> settings = new HashMap<>(NO_SECOND_COPY);
        settings.putAll(Map.of("metadata.partitions", Integer.toString(PARTITIONS), "storage.replicas", "2"));
        Path local = makeFiles();
        try (LocalGrid grid = LocalGrid.start(directory, 3, settings);
                GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            swarm.run("put", "-r", local.toString(), "/kept").succeeds();
            swarm.run("grid", "status", "--wait-healthy=60").succeeds();
            Map<String, Integer> partitions = new HashMap<>();
            for (String path : DIRECTORIES) {
                PathRequest file = new PathRequest("/kept" + path + "/file");
                long id = client.action("fs.stat", file, FileStatus.class).id();
                String block = client.action("fs.locate", file, FileBlocks.class)
                        .blocks()
                        .get(0)
                        .blockId();
                partitions.put(block, (int) (id >>> HOME_SHIFT) % PARTITIONS);
            }

            grid.node("n3").kill();

            await().atMost(PATIENCE).ignoreExceptions().until(() -> lost(client) != null);
            List<Integer> gone =
                    Objects.requireNonNull(lost(client)).partitions().get("blocks");
            partitions.values().removeAll(gone);
            assertThat(partitions).isNotEmpty();
            assertThat(gone).isNotEmpty();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(List.of(names("n1"), names("n2")))
                    .allSatisfy(each -> assertThat(each).containsAll(partitions.keySet())));
        }
    }

    /** Ids of the blocks on all nodes. */
    private Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String node : List.of("n1", "n2", "n3")) {
            names.addAll(names(node));
        }
        return names;
    }

    /** Ids of the blocks on a node. */
    private Set<String> names(String node) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(node).resolve("blocks"))) {
            return files.filter(file -> file.toString().matches(".*/[0-9a-f]{2}/[0-9a-f]+\\.\\d+"))
                    .map(file -> String.valueOf(file.getFileName()).replaceFirst("\\..*", ""))
                    .collect(Collectors.toSet());
        }
    }

    /** One file with a block in each directory, so that blocks belong to partitions of all nodes. */
    private Path makeFiles() throws IOException {
        Random random = new Random(47);
        Path local = directory.resolve("local");
        for (String path : DIRECTORIES) {
            byte[] bytes = new byte[6000];
            random.nextBytes(bytes);
            Files.write(
                    Files.createDirectories(local.resolve(path.substring(1))).resolve("file"), bytes);
        }
        return local;
    }

    /**
     * Reads, lists, removes and puts while a part is lost: each is done as ever, or refused for what it needs, and of every kind
     * there are both.
     *
     * @return which files are there after that
     */
    private static Map<String, Boolean> changeWhatIsThere(GridClient client) {
        Map<String, Boolean> there = new TreeMap<>();
        List<String> whole = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (String path : DIRECTORIES) {
            boolean hidden = isRefused(() -> assertThat(list(client, path)).containsExactly(path + FILE));
            (hidden ? refused : whole).add(path);
            // All that is a file's lies with what its directory lists.
            assertThat(isRefused(() -> read(client, path + FILE))).as(path).isEqualTo(hidden);
            there.put(path + FILE, true);
            there.put(path + OTHER, false);
        }
        assertThat(whole).as("directories that are there").hasSizeGreaterThan(1);
        assertThat(refused).as("directories that are lost").hasSizeGreaterThan(1);
        for (List<String> some : List.of(whole.subList(0, 2), refused.subList(0, 2))) {
            boolean hidden = some.equals(refused.subList(0, 2));
            assertThat(isRefused(() -> remove(client, some.get(0) + FILE)))
                    .as("%s", some)
                    .isEqualTo(hidden);
            there.put(some.get(0) + FILE, hidden);
            // That it was done is remembered elsewhere, under its id, and that may be lost, too.
            String other = some.get(1) + OTHER;
            boolean stored =
                    IntStream.range(0, hidden ? 1 : 20).anyMatch(i -> !isRefused(() -> put(client, other, "put-" + i)));
            assertThat(stored).as(other).isEqualTo(!hidden);
            there.put(other, stored);
        }
        return there;
    }

    private static boolean isUp(GridClient client, String name) {
        return client.action("grid.status", new Nothing(), GridStatus.class).nodes().stream()
                .anyMatch(node -> node.name().equals(name) && node.state().equals("up"));
    }

    private static @Nullable LostMetadata lost(GridClient client) {
        return client.action("grid.status", new Nothing(), GridStatus.class).lostMetadata();
    }

    private static void stat(GridClient client, String path) {
        FileStatus status = client.action("fs.stat", new PathRequest(path), FileStatus.class);
        assertThat(status.path()).isEqualTo(path);
    }

    private static List<String> list(GridClient client, String path) {
        Listing listing = client.action("fs.list", new ListRequest(path, null, null), Listing.class);
        assertThat(listing.nextPageToken()).isNull();
        return listing.entries().stream().map(FileStatus::path).toList();
    }

    private static void remove(GridClient client, String path) {
        Removed done = client.action("fs.remove", new Remove(path, false, null), Removed.class);
        assertThat(done.removed()).as(path).isTrue();
    }

    private static void put(GridClient client, String path, @Nullable String id) {
        byte[] bytes = content(path);
        try {
            new FileTransfer(client)
                    .put(
                            new FilePut(path, false, id, null, null),
                            bytes.length,
                            Channels.newChannel(new ByteArrayInputStream(bytes)),
                            count -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(GridClient client, String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new FileTransfer(client).get(new FileRead(path, null, null), Channels.newChannel(bytes), count -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(bytes.toByteArray()).as(path).isEqualTo(content(path));
    }

    /** Every other one is small enough to be among the metadata itself. */
    private static byte[] content(String path) {
        Random random = new Random(path.hashCode());
        byte[] bytes = new byte[random.nextBoolean() ? 1000 : 100_000];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Whether it is refused as it should be; any other answer than that and the right one fails. */
    private static boolean isRefused(Runnable asking) {
        try {
            asking.run();
            return false;
        } catch (GridException e) {
            assertThat(e.code()).as(e.toString()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(e)
                    .hasMessageMatching("(?s).*a part of the metadata is on no node now: partition \\d+ of \\w+.*");
            return true;
        }
    }
}
