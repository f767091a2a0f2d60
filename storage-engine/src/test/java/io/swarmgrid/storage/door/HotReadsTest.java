package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.cache.Keeper;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.KeptNear;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nodes give of a block counts where its bytes come from; and readers spread over those that have it. */
class HotReadsTest {
    private static final PutOptions ONE = PutOptions.create("alice").replicas(1);
    private static final byte[] BYTES = TestNodes.random(TestNodes.BLOCK);
    private static final int READERS = 60;

    @TempDir
    private Path directory;

    private static TestNode holder(TestNodes grid) {
        return grid.named(grid.holders("/f").get(0));
    }

    private static TestNode other(TestNodes grid) {
        return grid.all().stream()
                .filter(node -> node != holder(grid))
                .findFirst()
                .orElseThrow();
    }

    private static List<Demand.Rate> given(TestNode node) {
        return node.path().demand().hottest(10, 0);
    }

    private static void assertGiven(TestNodes grid, TestNode node, double rate) {
        BlockRecord block = grid.layout("/f").blocks().get(0);
        assertThat(given(node)).singleElement().satisfies(each -> {
            assertThat(each.block()).isEqualTo(block.id());
            assertThat(each.fileId()).isEqualTo(block.fileId());
            assertThat(each.rate()).isCloseTo(rate, within(0.001));
        });
    }

    @Test
    void countsReadsWhereTheBytesComeFrom() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2);
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", BYTES, ONE);
            TestNode holder = holder(grid);
            for (int i = 0; i < 3; i++) {
                assertThat(grid.read(reader, "/f")).isEqualTo(BYTES);
            }
            assertGiven(grid, holder, 0.3);
            assertThat(given(reader)).isEmpty();

            assertThat(grid.read(holder, "/f")).isEqualTo(BYTES);
            assertGiven(grid, holder, 0.4);
            readInPlace(grid, holder);
            assertGiven(grid, holder, 0.5);

            grid.read(holder, "/f", TestNode.context().withQos(QosClass.BACKGROUND));
            assertGiven(grid, holder, 0.5);
            holder.pass(Duration.ofSeconds(10));
            assertGiven(grid, holder, 0.5 / Math.E);
        }
    }

    private static void readInPlace(TestNodes grid, TestNode node) throws IOException {
        try (GridClient client = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT);
                FileInput input = FileInput.open(client, grid.layout("/f").status())) {
            assertThat(input.isHere(0)).isTrue();
            ByteBuffer all = ByteBuffer.allocate(BYTES.length);
            while (all.hasRemaining()) {
                assertThat(input.read(all)).isPositive();
            }
            assertThat(all.array()).isEqualTo(BYTES);
        }
    }

    @Test
    void spreadsReadersOverAllCopies() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2);
                TestNode reader = grid.outside("n9")) {
            grid.put(grid.get(1), "/f", BYTES, ONE);
            TestNode holder = holder(grid);
            TestNode other = other(grid);
            BlockRecord block = grid.layout("/f").blocks().get(0);
            KeptNear near = new KeptNear(other.path(), grid.metadata());
            assertThat(near.keep(TestNode.context(), block, Medium.SSD)).isEqualTo(Keeper.Outcome.KEPT);
            holder.pass(Duration.ofHours(1)); // and that transfer is forgotten
            int before = holder.readCalls();
            FileLayout both =
                    heldBy(grid, block.holders().get(0), Replica.near(other.name(), block.epoch(), Medium.SSD));
            for (int i = 0; i < READERS; i++) {
                read(reader, both);
            }
            int atHolder = holder.readCalls() - before;
            assertThat(atHolder).isBetween(READERS / 4, READERS * 3 / 4);
            assertThat(atHolder + other.readCalls()).isEqualTo(READERS);
            assertGiven(grid, holder, atHolder / 10.0);
            assertGiven(grid, other, other.readCalls() / 10.0);

            // Who has a copy himself asks nobody.
            int calls = holder.readCalls() + other.readCalls();
            read(other, both);
            read(holder, both);
            assertThat(holder.readCalls() + other.readCalls()).isEqualTo(calls);

            near.release(new Copy(block.fileId(), block.id(), block.epoch()));
            for (int i = 0; i < READERS; i++) {
                read(reader, both); // as it was a moment ago
            }
            assertThat(other.blocks().list()).isEmpty();
            assertThat(holder.blocks().find(block.id())).isPresent();
        }
    }

    @SuppressWarnings("NullAway") // which takes the annotation of an array for one of what is in it
    private static FileLayout heldBy(TestNodes grid, Replica... holders) {
        FileLayout file = grid.layout("/f");
        BlockRecord block = file.blocks().get(0).heldBy(List.of(holders));
        return new FileLayout(file.status(), null, List.of(block));
    }

    private static void read(TestNode node, FileLayout file) {
        byte[] all = new byte[BYTES.length];
        try (FileReader open = node.files().open(TestNode.context(), file)) {
            for (int at = 0; at < all.length; at += TestNodes.CHUNK) {
                ByteBuf bytes = open.read(at, TestNodes.CHUNK);
                bytes.readBytes(all, at, TestNodes.CHUNK);
                bytes.release();
            }
        }
        assertThat(all).isEqualTo(BYTES);
    }
}
