package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.file.StoredChecksum;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are created, appended to, cut, taken from their writers and read, on any node; arrays of bytes say what is right. */
class FileModelTest {
    private static final int FILES = 4;
    private static final int MAX_WRITE = 700_000;

    @TempDir
    private Path directory;

    private final long seed = Long.getLong("swarm.test.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Map<String, byte[]> model = new TreeMap<>();

    @Test
    void doesWhatTheModelDoes() throws IOException {
        int steps = Boolean.getBoolean("swarm.test.long") ? 2_000 : 120;
        try (TestNodes grid = new TestNodes(directory, 3)) {
            for (int step = 0; step < steps; step++) {
                String path = "/f" + random.nextInt(FILES);
                try {
                    act(grid, path);
                    check(grid, path);
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("swarm.test.seed=" + seed + ", step " + step + ", " + path, e);
                }
            }
            assertThat(grid.metadata().openFiles()).isZero();
            assertThat(grid.metadata().reportedBad()).isEmpty();
        }
    }

    private TestNode any(TestNodes grid) {
        return grid.get(1 + random.nextInt(grid.all().size()));
    }

    private void act(TestNodes grid, String path) {
        byte[] content = model.get(path);
        int dice = random.nextInt(10);
        if (content == null || dice == 0) {
            PutOptions options = PutOptions.create("alice").overwriting();
            model.put(path, new byte[0]);
            write(grid, path, any(grid).files().create(TestNode.context(), GridPath.parse(path), options));
        } else if (dice == 1) {
            join(grid, path);
        } else if (dice < 7) {
            write(grid, path, any(grid).files().append(TestNode.context(), GridPath.parse(path)));
        } else {
            int length = random.nextInt(content.length + 1);
            assertThat(any(grid).files().truncate(GridPath.parse(path), length).sizeBytes())
                    .isEqualTo(length);
            model.put(path, Arrays.copyOf(content, length));
        }
    }

    /** Joins some of the other files to one. */
    private void join(TestNodes grid, String path) {
        List<String> sources = new ArrayList<>(model.keySet());
        sources.remove(path);
        sources.subList(Math.min(sources.size(), 1 + random.nextInt(FILES)), sources.size())
                .clear();
        if (sources.isEmpty()) {
            return;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(model.get(path));
        sources.forEach(source -> all.writeBytes(model.remove(source)));
        model.put(path, all.toByteArray());
        List<GridPath> parts = sources.stream().map(GridPath::parse).toList();
        assertThat(any(grid)
                        .files()
                        .concat(TestNode.context(), GridPath.parse(path), parts, null)
                        .sizeBytes())
                .isEqualTo(all.size());
        sources.forEach(source ->
                assertThatThrownBy(() -> grid.read(any(grid), source)).hasMessageContaining("not found: " + source));
    }

    /** Writes a few pieces, small and large; shows some of them; closes the file, or has it closed. */
    private void write(TestNodes grid, String path, FileWriter opened) {
        try (FileWriter writer = opened) {
            for (int piece = random.nextInt(4); piece >= 0; piece--) {
                int length = random.nextInt(random.nextBoolean() ? 100 : MAX_WRITE);
                byte[] before = Objects.requireNonNull(model.get(path));
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                assertThat(writer.position()).isEqualTo(before.length);
                TestNodes.write(writer, bytes, 0, length);
                byte[] after = Arrays.copyOf(before, before.length + length);
                System.arraycopy(bytes, 0, after, before.length, length);
                model.put(path, after);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        writer.flush();
                        check(grid, path);
                    }
                    case 1 -> writer.sync();
                    default -> {}
                }
            }
            switch (random.nextInt(4)) {
                case 0 -> {} // closed because its writer leaves it
                case 1 -> {
                    writer.flush();
                    any(grid).files().recover(TestNode.context(), GridPath.parse(path));
                }
                default -> writer.commit();
            }
        }
    }

    private void check(TestNodes grid, String path) {
        byte[] content = Objects.requireNonNull(model.get(path));
        assertThat(grid.read(any(grid), path)).as(path).isEqualTo(content);
        try (FileReader reader = any(grid).files().open(TestNode.context(), GridPath.parse(path))) {
            for (int length : new int[] {content.length, random.nextInt(content.length + 1)}) {
                assertThat(StoredChecksum.of(reader, length))
                        .as("checksum of %s bytes", length)
                        .isEqualTo(Crc32c.of(Unpooled.wrappedBuffer(content, 0, length)));
            }
        }
    }
}
