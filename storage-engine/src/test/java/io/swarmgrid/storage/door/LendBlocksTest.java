package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesClient.OpenedBlock;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader on a node's machine reads the block files itself, and comes back to the nodes where one is not what it should be. */
class LendBlocksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long SEED = Long.getLong("swarm.test.seed", 23);
    private static final byte[] BYTES = TestNodes.random(2 * TestNodes.BLOCK + 333_333);

    @TempDir
    private Path directory;

    @Test
    void whatIsOpenIsReadWithoutAnyNode() throws IOException {
        try (TestNodes grid = grid(3);
                GridClient client = client(grid, 1);
                FileInput input = open(grid, client)) {
            assertThat(drain(input, 100_001)).isEqualTo(BYTES);
            grid.all().forEach(TestNode::kill);
            input.seek(0);
            assertThat(drain(input, 1 << 20)).isEqualTo(BYTES);
            readAtRandom(input);
        }
    }

    /** Each block has one copy: some are not on the node that is asked, but on another one of this machine. */
    @Test
    void blocksOfTheMachinesOtherNodesAreReadInPlaceToo() throws IOException {
        try (TestNodes grid = grid(1);
                GridClient client = client(grid, 1);
                FileInput input = open(grid, client)) {
            readAtRandom(input);
            assertThat(drain(input, 77_777)).isEqualTo(BYTES);
            grid.all().forEach(TestNode::kill);
            readAtRandom(input);
        }
    }

    @Test
    void whatWasLentCannotBeOpenedLater() throws IOException {
        try (TestNodes grid = grid(1);
                GridClient client = client(grid, 1)) {
            FileRead whole = new FileRead("/f", null, null);
            int opened = 0;
            for (TestNode node : grid.all()) {
                List<OpenedBlock> blocks = client.bytes().open(node.location(), CallHeaders.NONE, whole, PATIENCE);
                assertThat(blocks).extracting(each -> each.block().offset()).containsExactly(0L, 4L << 20, 8L << 20);
                for (OpenedBlock each : blocks) {
                    if (each.open() != null) {
                        opened++;
                        Path file = Path.of(String.valueOf(each.block().file()));
                        await().atMost(Duration.ofSeconds(5)).until(() -> Files.notExists(file));
                        each.open().read(each.open().offset(), 10).release();
                        each.open().release();
                    } else {
                        assertThat(each.block().holders()).hasSize(1);
                    }
                }
            }
            assertThat(opened).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBadCopyIsReplacedByAGoodOneWithinTheRead(boolean cut) throws IOException {
        try (TestNodes grid = grid(3);
                GridClient client = client(grid, 1);
                FileInput input = open(grid, client)) {
            BlockRecord block = grid.layout("/f").blocks().get(1);
            damage(grid.get(1), block, cut);
            assertThat(drain(input, 100_000)).isEqualTo(BYTES);
            readAtRandom(input);
            assertThat(grid.metadata().reportedBad()).containsOnly(block.id() + "@n1");
        }
    }

    /** The node that is asked for the file has no copy of this block, and would itself read the one of its zone. */
    @Test
    void theNodeThatLentABadCopyIsMadeToLookAtIt() throws IOException {
        try (TestNodes grid = grid(2);
                GridClient client = client(grid, 1)) {
            grid.live().move("n2", "another");
            BlockRecord block = grid.layout("/f").blocks().get(1);
            assertThat(block.holders()).extracting(Replica::node).containsExactly("n2", "n3");
            try (FileInput input = open(grid, client)) {
                assertThat(input.isHere(block.offset())).isTrue();
                damage(grid.get(2), block, false);
                assertThat(drain(input, 100_000)).isEqualTo(BYTES);
            }
            assertThat(grid.metadata().reportedBad()).containsOnly(block.id() + "@n2");
        }
    }

    /** The reader has each block in place from another node, and asks nobody for a byte of the one that is missing here. */
    @Test
    void aCopyThatCannotBeLentIsReported() throws IOException {
        try (TestNodes grid = grid(3);
                GridClient client = client(grid, 1);
                FileInput input = open(grid, client)) {
            BlockRecord block = grid.layout("/f").blocks().get(1);
            Files.delete(grid.get(1).blocks().find(block.id()).orElseThrow().path());
            assertThat(drain(input, 100_000)).isEqualTo(BYTES);
            assertThat(grid.metadata().reportedBad()).containsOnly(block.id() + "@n1");
        }
    }

    @Test
    void aRemovedFileIsReadOn() throws IOException {
        try (TestNodes grid = grid(3);
                GridClient client = client(grid, 1);
                FileInput input = open(grid, client)) {
            input.readAt(0, ByteBuffer.allocate(10));
            for (BlockRecord block : grid.layout("/f").blocks()) {
                for (TestNode node : grid.all()) {
                    node.blocks().delete(block.id(), block.epoch());
                }
            }
            assertThat(drain(input, 1 << 20)).isEqualTo(BYTES);
        }
    }

    @Test
    void whereItIsOffAllIsSent() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2, false);
                GridClient client = client(grid, 1)) {
            grid.put(grid.get(1), "/f", BYTES, PutOptions.create("alice").replicas(2));
            try (FileInput input = open(grid, client)) {
                assertThat(drain(input, 100_000)).isEqualTo(BYTES);
            }
            assertThatThrownBy(() -> client.bytes()
                            .open(grid.get(1).location(), CallHeaders.NONE, new FileRead("/f", null, null), PATIENCE))
                    .isInstanceOf(GridException.class)
                    .extracting(e -> ((GridException) e).code())
                    .isEqualTo(ErrorCode.UNSUPPORTED);
        }
    }

    /** Another user of the machine passes to a file whose name he was told, and to nothing else. */
    @Test
    void theBlocksThemselvesStayClosedToOthers() throws IOException {
        try (TestNodes grid = grid(3)) {
            BlockRecord block = grid.layout("/f").blocks().get(0);
            StoredBlock copy = grid.get(1).blocks().find(block.id()).orElseThrow();
            Path tier = copy.path().resolve("../..").normalize();
            int shards = 0;
            try (DirectoryStream<Path> directories = Files.newDirectoryStream(tier, "[0-9a-f][0-9a-f]")) {
                for (Path each : directories) {
                    shards++;
                    assertThat(permissions(each)).as(each.toString()).isEqualTo("rwx------");
                }
            }
            assertThat(shards).isEqualTo(256);
            assertThat(permissions(tier.resolve("lent"))).isEqualTo("rwx--x--x");
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aNodeThatStartsTakesBackWhatItHadLent() throws IOException {
        Path lent;
        try (TestNodes grid = grid(1)) {
            BlockRecord block = grid.layout("/f").blocks().get(0);
            TestNode holder = grid.named(grid.holders("/f").get(0));
            lent = holder.blocks().lend(block.id(), block.epoch()).file();
        }
        assertThat(lent).exists();
        try (TestNodes grid = new TestNodes(directory, 3)) {
            assertThat(grid.all()).hasSize(3);
            assertThat(lent).doesNotExist();
        }
    }

    private static void damage(TestNode holder, BlockRecord block, boolean cut) throws IOException {
        StoredBlock copy = holder.blocks().find(block.id()).orElseThrow();
        try (FileChannel file = FileChannel.open(copy.path(), StandardOpenOption.WRITE)) {
            if (cut) {
                file.truncate(1 << 20);
            } else {
                file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), 1 << 20);
            }
        }
    }

    private TestNodes grid(int replicas) throws IOException {
        TestNodes grid = new TestNodes(directory, 3);
        grid.put(grid.get(1), "/f", BYTES, PutOptions.create("alice").replicas(replicas));
        return grid;
    }

    private static GridClient client(TestNodes grid, int node) {
        return GridClient.connect(List.of(grid.get(node).location()), ClientOptions.DEFAULT);
    }

    private static FileInput open(TestNodes grid, GridClient client) {
        return FileInput.open(client, grid.layout("/f").status());
    }

    private static byte[] drain(FileInput input, int step) {
        ByteBuffer all = ByteBuffer.allocate(BYTES.length);
        while (all.hasRemaining()) {
            all.limit(Math.min(BYTES.length, all.position() + step));
            assertThat(input.read(all)).isPositive();
            all.limit(BYTES.length);
        }
        assertThat(input.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        return all.array();
    }

    private static void readAtRandom(FileInput input) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 200; i++) {
            int length = random.nextInt(1, 1 << random.nextInt(1, 21));
            int from = random.nextInt(BYTES.length - length);
            byte[] part = new byte[length];
            input.readAt(from, ByteBuffer.wrap(part));
            assertThat(part)
                    .as("seed=%d from=%d", SEED, from)
                    .isEqualTo(Arrays.copyOfRange(BYTES, from, from + length));
        }
    }
}
