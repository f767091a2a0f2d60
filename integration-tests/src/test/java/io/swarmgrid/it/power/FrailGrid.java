package io.swarmgrid.it.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.CheckRequest;
import io.swarmgrid.client.wire.CheckResult;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.client.wire.SetAttribute;
import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A grid whose nodes each have a frail disk, and what it has acknowledged. For one thread. */
final class FrailGrid implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int CHANGES = 12;
    private static final String IN_PAGE_CACHE = "/in-page-cache";
    /** So that a disk that is kept in memory is small; and no links, which it has none of. */
    private static final Map<String, String> SETTINGS = Map.of(
            "storage.short-circuit", "false",
            "storage.block-size", "1MiB",
            "storage.lease-duration", "20s",
            "metadata.region-size", "32MiB",
            "metadata.wal-segment-size", "1MiB",
            "metadata.partitions", "16");

    private final List<FrailMount> disks;
    private final LocalGrid grid;
    private final GridClient client;
    private final Random random;
    /** What was acknowledged; open files may be longer. */
    private final Map<String, byte[]> files = new TreeMap<>();

    private final Map<String, String> attributes = new TreeMap<>();
    private final Set<String> directories = new HashSet<>();
    private final Set<String> absent = new HashSet<>();
    private @Nullable GrowingFile open;
    private int number;

    private FrailGrid(List<FrailMount> disks, LocalGrid grid, GridClient client, Random random) {
        this.disks = disks;
        this.grid = grid;
        this.client = client;
        this.random = random;
    }

    static FrailGrid start(Path directory, int nodes, Random random) throws Exception {
        List<FrailMount> disks = new ArrayList<>();
        boolean started = false;
        try {
            for (int i = 1; i <= nodes; i++) {
                disks.add(FrailMount.at(directory.resolve("n" + i), new FrailDisk("metadata")));
            }
            Map<String, String> settings = new TreeMap<>(SETTINGS);
            settings.put("storage.replicas", Integer.toString(nodes)); // so that no copy makes up for another
            settings.put("storage.min-replicas", Integer.toString(nodes));
            LocalGrid grid = LocalGrid.start(directory, nodes, settings);
            GridClient client = GridClient.connect(grid.addresses(), ClientOptions.DEFAULT);
            client.action("fs.mkdir", new MakeDirectory(IN_PAGE_CACHE, null), FileStatus.class);
            client.action(
                    "fs.set_attribute",
                    new SetAttribute(IN_PAGE_CACHE, "swarm.durability", "process"),
                    FileStatus.class);
            started = true;
            return new FrailGrid(disks, grid, client, random);
        } finally {
            if (!started) {
                closeAll(disks);
            }
        }
    }

    void lieAbout(Predicate<String> paths) {
        disks.forEach(disk -> disk.disk().lieAbout(paths));
    }

    /** Changes of all kinds, any of which may be the last one. */
    void changeNames() {
        int changes = 1 + random.nextInt(CHANGES);
        for (int i = 0; i < changes; i++) {
            String fresh = "/" + ++number;
            switch (files.isEmpty() ? 0 : random.nextInt(5)) {
                case 0 -> put(fresh, random.nextInt(3000));
                case 1 -> {
                    client.action("fs.mkdir", new MakeDirectory(fresh, null), FileStatus.class);
                    directories.add(fresh);
                }
                case 2 -> {
                    String from = anyFile();
                    client.action("fs.rename", new Rename(from, fresh, false, null), FileStatus.class);
                    files.put(fresh, files.remove(from));
                    String text = attributes.remove(from);
                    if (text != null) {
                        attributes.put(fresh, text);
                    }
                    absent.add(from);
                }
                case 3 -> {
                    String gone = anyFile();
                    client.action("fs.remove", new Remove(gone, false, null), Removed.class);
                    files.remove(gone);
                    attributes.remove(gone);
                    absent.add(gone);
                }
                default -> {
                    String path = anyFile();
                    String text = Integer.toString(random.nextInt());
                    client.action("fs.set_attribute", new SetAttribute(path, "a", text), FileStatus.class);
                    attributes.put(path, text);
                }
            }
        }
    }

    private String anyFile() {
        return List.copyOf(files.keySet()).get(random.nextInt(files.size()));
    }

    /** A file of several blocks, the last one not full. */
    void putLarge() {
        put("/" + ++number, 2 * BLOCK_BYTES + random.nextInt(BLOCK_BYTES));
    }

    private void put(String path, int sizeBytes) {
        byte[] content = content(sizeBytes);
        try (FileOutput output = new FileOutput(client, new FilePut(path, false, null, null, null))) {
            output.write(content, 0, content.length);
            output.commit();
        }
        files.put(path, content);
    }

    /** A file that is open, and of which only its writer says that it is to be on the device. */
    void syncOpenFile() {
        byte[] content = content(BLOCK_BYTES + random.nextInt(BLOCK_BYTES));
        GrowingFile file = grow(IN_PAGE_CACHE + "/" + ++number, content, content.length);
        file.sync();
    }

    /** A file that was seen while it was written, and is as durable as its path has it when it is closed. */
    void closeOpenFile() {
        byte[] content = content(BLOCK_BYTES + random.nextInt(BLOCK_BYTES));
        grow("/" + ++number, content, content.length / 2).commit();
    }

    private GrowingFile grow(String path, byte[] content, int flushed) {
        GrowingFile file = GrowingFile.create(client, new FilePut(path, null, null, null, null));
        open = file;
        file.write(content, 0, flushed);
        file.flush();
        file.write(content, flushed, content.length - flushed);
        files.put(path, content);
        return file;
    }

    private byte[] content(int sizeBytes) {
        byte[] content = new byte[sizeBytes];
        random.nextBytes(content);
        return content;
    }

    /**
     * The power of all nodes goes at this moment, and comes back.
     *
     * @param written whether the next page that was not forced has come to its disk by itself
     */
    void cutAndVerify(BooleanSupplier written) throws Exception {
        disks.forEach(disk -> disk.disk().cut());
        for (NodeProcess node : grid.nodes()) {
            node.kill();
        }
        if (open != null) {
            open.close();
            open = null;
        }
        for (FrailMount disk : disks) {
            disk.powerOn(written);
        }
        grid.nodes().forEach(NodeProcess::start);
        for (NodeProcess node : grid.nodes()) {
            node.awaitReady(PATIENCE);
        }
        for (NodeProcess node : grid.nodes()) {
            try (GridClient through = GridClient.connect(List.of(node.address()), ClientOptions.DEFAULT)) {
                verify(through);
            }
        }
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(problems())
                .isEmpty());
        RepairStatus repair =
                client.action("grid.status", new Nothing(), GridStatus.class).repair();
        assertThat(repair.copiedBlocks()).as("each node had its copy").isZero();
    }

    private List<CheckResult.BlockProblem> problems() {
        CheckRequest everything = new CheckRequest("/", true, false, 1000, null);
        CheckResult found = client.action("fs.check", everything, CheckResult.class);
        assertThat(found.nextPageToken()).isNull();
        return found.problems();
    }

    private void verify(GridClient through) {
        files.forEach((path, content) -> {
            Awaitility.await(path + " is closed").atMost(PATIENCE).until(() -> "sealed"
                    .equals(stat(through, path).state()));
            assertThat(Arrays.equals(read(through, path), content)).as(path).isTrue();
            assertThat(stat(through, path).attribute("a")).as(path).isEqualTo(attributes.get(path));
        });
        directories.forEach(path -> stat(through, path));
        absent.forEach(path -> assertThat(isAbsent(through, path)).as(path).isTrue());
    }

    private static FileStatus stat(GridClient through, String path) {
        return through.action("fs.stat", new PathRequest(path), FileStatus.class);
    }

    private static boolean isAbsent(GridClient through, String path) {
        try {
            stat(through, path);
            return false;
        } catch (GridException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            return true;
        }
    }

    private static byte[] read(GridClient through, String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new FileTransfer(through).get(new FileRead(path, null, null), Channels.newChannel(bytes), count -> {});
        } catch (IOException e) {
            throw new AssertionError(path, e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        client.close();
        grid.close();
        closeAll(disks);
    }

    private static void closeAll(List<FrailMount> disks) throws IOException {
        for (FrailMount disk : disks) {
            disk.close();
        }
    }
}
