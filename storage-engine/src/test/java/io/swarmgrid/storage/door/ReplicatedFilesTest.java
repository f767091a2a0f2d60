package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.file.StoredChecksum;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicatedFilesTest {
    private static final PutOptions PLAIN = PutOptions.create("alice");

    @TempDir
    private Path directory;

    @Test
    void everyNodeReadsWhatOneWrote() throws IOException {
        int[] lengths = {0, 1, 4096, 4097, 64 << 10, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, (9 << 20) + 77};
        int stored = 0;
        try (TestNodes grid = new TestNodes(directory, 3)) {
            for (int length : lengths) {
                byte[] bytes = TestNodes.random(length);
                String path = "/f" + length;
                grid.put(grid.get(1), path, bytes, PLAIN);
                for (TestNode node : grid.all()) {
                    assertThat(grid.read(node, path)).as(node.name() + path).isEqualTo(bytes);
                }
                int blocks = length <= 4096 ? 0 : (length + TestNodes.BLOCK - 1) / TestNodes.BLOCK;
                assertThat(grid.layout(path).blocks()).hasSize(blocks);
                stored += 2 * blocks;
            }
            assertThat(grid.all().stream()
                            .mapToInt(node -> node.blocks().blocks())
                            .sum())
                    .isEqualTo(stored);
            assertThat(grid.metadata().openFiles()).isZero();
        }
    }

    @Test
    void sumsUpAFileOfWholeBlocksWithoutReadingIt() throws IOException {
        byte[] bytes = TestNodes.random((9 << 20) + 77);
        try (TestNodes grid = new TestNodes(directory, 1)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN);
            FileReader unread = new FileReader() {
                @Override
                public FileLayout layout() {
                    return grid.layout("/f");
                }

                @Override
                public ByteBuf read(long position, int length) {
                    throw new AssertionError("reads " + length + " bytes at " + position);
                }

                @Override
                public void close() {}
            };

            assertThat(StoredChecksum.of(unread, bytes.length)).isEqualTo(Crc32c.of(Unpooled.wrappedBuffer(bytes)));
        }
    }

    @Test
    void replicaTrafficIsPartOfTheCallersTrace() throws IOException {
        String header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        CallContext call = new CallContext(Caller.LOCAL, QosClass.BULK, "r1", new Traceparent(header));
        byte[] bytes = TestNodes.random(100_000);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            try (FileWriter writer = grid.get(3).files().put(call, GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, bytes.length);
                writer.commit();
            }
            for (String holder : grid.holders("/f")) {
                if (!holder.equals("n3")) {
                    assertThat(grid.named(holder).traces()).as(holder).containsExactly(header);
                }
            }
        }
    }

    /** The bytes leave the writer's node once, for the first of the others, which passes them on. */
    @Test
    void bytesGoDownAChain() throws IOException {
        byte[] bytes = TestNodes.random(100_000);
        try (TestNodes grid = new TestNodes(directory, 4)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN.replicas(4));
            assertThat(grid.holders("/f")).containsExactly("n1", "n2", "n3", "n4");
            assertThat(grid.get(1).writers()).isEmpty();
            assertThat(grid.get(2).writers()).containsExactly("n1");
            assertThat(grid.get(3).writers()).containsExactly("n2");
            assertThat(grid.get(4).writers()).containsExactly("n3");
        }
    }

    @Test
    void smallPiecesAreGathered() throws IOException {
        byte[] bytes = TestNodes.random(700_000);
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            try (FileWriter writer = grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                for (int at = 0; at < bytes.length; ) {
                    int count = Math.min(bytes.length - at, random.nextInt(1, 150_000));
                    ByteBuffer piece = ByteBuffer.wrap(bytes, at, count);
                    if (random.nextBoolean()) {
                        writer.write(piece);
                    } else {
                        writer.write(Unpooled.wrappedBuffer(piece));
                    }
                    at += count;
                    assertThat(writer.position()).isEqualTo(at);
                }
                writer.commit();
            }
            assertThat(grid.read(grid.get(2), "/f")).as("seed=%s", seed).isEqualTo(bytes);
        }
    }

    @Test
    void readsAnyRange() throws IOException {
        byte[] bytes = TestNodes.random((9 << 20) + 5);
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN.replicas(1));
            try (FileReader reader = grid.get(3).files().open(TestNode.context(), GridPath.parse("/f"))) {
                long end = 0;
                for (int round = 0; round < 60; round++) {
                    int from = random.nextBoolean() ? (int) end : random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(400_000), bytes.length - from);
                    ByteBuf part = reader.read(from, length);
                    byte[] copy = new byte[part.readableBytes()];
                    part.readBytes(copy).release();
                    assertThat(copy)
                            .as("seed=%s from=%s length=%s", seed, from, length)
                            .isEqualTo(Arrays.copyOfRange(bytes, from, from + length));
                    end = from + length == bytes.length ? 0 : from + length;
                }
                assertThatThrownBy(() -> reader.read(bytes.length - 1, 2))
                        .isInstanceOf(GridException.class)
                        .hasMessageContaining("cannot read past the end: path=/f");
            }
        }
    }

    @Test
    void aDamagedCopyIsReadElsewhereReportedAndPutAside() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN);
            BlockRecord block = grid.layout("/f").blocks().get(0);
            List<String> holders = grid.holders("/f");
            TestNode bad = grid.named(holders.get(0));
            bad.damage(block.id(), 300_000);
            TestNode outside = grid.all().stream()
                    .filter(node -> !holders.contains(node.name()))
                    .findFirst()
                    .orElseThrow();
            assertThat(grid.read(outside, "/f")).isEqualTo(bytes);
            assertThat(grid.metadata().reportedBad()).containsExactly(block.id() + "@" + bad.name());
            await().untilAsserted(
                            () -> assertThat(bad.blocks().find(block.id())).isEmpty());
            assertThat(grid.read(bad, "/f")).isEqualTo(bytes);
        }
    }

    @Test
    void aDamagedLocalCopyIsReadElsewhereToo() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN);
            BlockRecord block = grid.layout("/f").blocks().get(0);
            grid.get(1).damage(block.id(), 0);
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(bytes);
            assertThat(grid.metadata().reportedBad()).containsExactly(block.id() + "@n1");
            assertThat(grid.get(1).blocks().find(block.id())).isEmpty();
        }
    }

    @Test
    void whereAllCopiesAreDamagedItSaysSoAndKeepsThem() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN);
            BlockRecord block = grid.layout("/f").blocks().get(0);
            grid.get(1).damage(block.id(), 10);
            grid.get(2).damage(block.id(), 10);
            assertThatThrownBy(() -> grid.read(grid.get(1), "/f"))
                    .isInstanceOf(GridException.class)
                    .hasMessageContaining("no copy of block=" + block.id())
                    .extracting(e -> ((GridException) e).code())
                    .isEqualTo(ErrorCode.CORRUPT_DATA);
            assertThat(grid.metadata().reportedBad()).isEmpty();
            assertThat(grid.get(2).blocks().find(block.id())).isPresent();
        }
    }

    @Test
    void theOnlyCopyThatIsRecordedStaysHoweverBad() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN);
            BlockRecord block = grid.layout("/f").blocks().get(0);
            try (FileReader reader = grid.get(1).files().open(TestNode.context(), GridPath.parse("/f"))) {
                assertThat(grid.metadata().reportBad(block.fileId(), block.id(), "n2", block.epoch()))
                        .isTrue();
                grid.get(1).damage(block.id(), 0);

                // It goes by what it was told when the file was opened.
                reader.read(0, TestNodes.CHUNK).release();
            }
            assertThat(grid.metadata().block(block.fileId(), block.id()).currentHolders())
                    .containsExactly("n1");
            assertThat(grid.get(1).blocks().find(block.id())).isPresent();
        }
    }

    @Test
    void aReadGoesOnWhereAHolderDies() throws IOException {
        byte[] bytes = TestNodes.random(4 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN);
            List<String> holders = grid.holders("/f");
            TestNode outside = grid.all().stream()
                    .filter(node -> !holders.contains(node.name()))
                    .findFirst()
                    .orElseThrow();
            try (FileReader reader = outside.files().open(TestNode.context(), GridPath.parse("/f"))) {
                byte[] all = new byte[bytes.length];
                for (int at = 0; at < all.length; at += TestNodes.CHUNK) {
                    if (at == 1 << 20) {
                        grid.named(holders.get(0)).stopAnswering();
                    }
                    ByteBuf part = reader.read(at, TestNodes.CHUNK);
                    part.readBytes(all, at, TestNodes.CHUNK).release();
                }
                assertThat(all).isEqualTo(bytes);
            }
            assertThat(grid.metadata().reportedBad()).isEmpty();
        }
    }

    /** Many streams on one connection, all but one of them left alone with their windows full. */
    @Test
    void readersThatWaitDoNotHoldUpOthers() throws IOException {
        byte[] bytes = TestNodes.random(16 << 20);
        try (TestNodes grid = new TestNodes(directory, 1);
                TestNode outside = grid.outside("n2")) {
            grid.put(grid.get(1), "/f", bytes, PLAIN.replicas(1));
            List<FileReader> waiting = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                FileReader reader = outside.files().open(TestNode.context(), GridPath.parse("/f"));
                reader.read(0, TestNodes.CHUNK).release();
                waiting.add(reader);
            }
            assertThat(grid.read(outside, "/f")).isEqualTo(bytes);
            waiting.forEach(FileReader::close);
            await().untilAsserted(() -> assertThat(outside.heldBytes()).isZero());
        }
    }

    @Test
    void whatWasGivenUpLeavesNothing() throws IOException {
        byte[] bytes = TestNodes.random(10 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            try (FileWriter writer = grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PLAIN)) {
                TestNodes.write(writer, bytes, 0, bytes.length);
            }
            assertThatThrownBy(() -> grid.layout("/f")).hasMessageContaining("not found: /f");
            assertThat(grid.metadata().blockRecords()).isZero();
            assertThat(grid.metadata().openFiles()).isZero();
            await().untilAsserted(() -> {
                for (TestNode node : grid.all()) {
                    assertThat(node.blocks().list()).as(node.name()).isEmpty();
                    assertThat(node.blocks().usedBytes()).isZero();
                }
            });
        }
    }

    @Test
    void aFileThatExistsIsRefusedAndStaysAsItWas() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN);
            assertThatThrownBy(() -> grid.put(grid.get(2), "/f", TestNodes.random(2 << 20), PLAIN))
                    .hasMessageContaining("exists: /f");
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(bytes);
            grid.put(grid.get(2), "/f", TestNodes.random(2 << 20), PLAIN.overwriting());
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(TestNodes.random(2 << 20));
        }
    }

    @Test
    void aCopyThatIsNotAsItIsRecordedIsInNobodysWay() throws IOException {
        byte[] bytes = TestNodes.random(1 << 20);
        try (TestNodes grid = new TestNodes(directory, 2)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN.replicas(1));
            BlockRecord block = grid.layout("/f").blocks().get(0);
            TestNode holder = grid.named(grid.holders("/f").get(0));
            TestNode other = grid.get(holder == grid.get(1) ? 2 : 1);
            try (BlockWriter writer = other.blocks()
                    .create(block.id(), block.epoch(), new WayHome(block.fileId(), "/f", 0), Durability.PROCESS, 10)) {
                writer.write(ByteBuffer.wrap(bytes, 0, 10));
                writer.seal();
            }

            assertThat(other.remote()
                            .fetch(
                                    TestNode.context(),
                                    block,
                                    holder.path().nodes().local()))
                    .isEqualTo(bytes.length);

            assertThat(other.blocks().find(block.id()).orElseThrow().crc32c()).isEqualTo(block.crc32c());
        }
    }

    @Test
    void aPeerFetchesABlockWholeOrNotAtAll() throws IOException {
        byte[] bytes = TestNodes.random(3 << 20);
        try (TestNodes grid = new TestNodes(directory, 3)) {
            grid.put(grid.get(1), "/f", bytes, PLAIN.replicas(1));
            BlockRecord block = grid.layout("/f").blocks().get(0);
            TestNode holder = grid.named(grid.holders("/f").get(0));
            TestNode other = grid.all().stream()
                    .filter(node -> !node.equals(holder))
                    .findFirst()
                    .orElseThrow();
            long fetched = other.remote()
                    .fetch(TestNode.context(), block, holder.path().nodes().local());
            assertThat(fetched).isEqualTo(3 << 20);
            StoredBlock copy = other.blocks().find(block.id()).orElseThrow();
            assertThat(copy.crc32c()).isEqualTo(block.crc32c());
            assertThat(copy.home().path()).isEqualTo("/f");
            // As long as it is remembered as it was nothing shows that it is not.
            other.damage(block.id(), 100_000);
            assertThat(other.remote()
                            .fetch(
                                    TestNode.context(),
                                    block,
                                    holder.path().nodes().local()))
                    .isEqualTo(3 << 20);
            other.remote().quarantine(TestNode.context(), other.path().nodes().local(), block.id(), block.epoch());
            assertThat(other.blocks().find(block.id()))
                    .as("who says late that it is bad means the one before")
                    .isPresent();

            other.remote().discard(TestNode.context(), holder.path().nodes().local(), block.id(), block.epoch());
            assertThat(holder.blocks().find(block.id())).isEmpty();
            other.damage(block.id(), 100_000);
            assertThatThrownBy(() -> holder.remote()
                            .fetch(
                                    TestNode.context(),
                                    block,
                                    other.path().nodes().local()))
                    .isInstanceOf(GridException.class)
                    .extracting(e -> ((GridException) e).code())
                    .isEqualTo(ErrorCode.CORRUPT_DATA);
            assertThat(holder.blocks().list()).isEmpty();
            assertThat(Map.of("used", holder.blocks().usedBytes())).containsEntry("used", 0L);
        }
    }
}
