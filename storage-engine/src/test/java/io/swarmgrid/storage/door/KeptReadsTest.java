package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.cache.Keeper;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.KeptNear;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies that are kept in the memory of a node, as readers on others come to them. */
class KeptReadsTest {
    private static final PutOptions ONE = PutOptions.create("alice").replicas(1);
    private static final byte[] BYTES = TestNodes.random(TestNodes.BLOCK - 1000);

    @TempDir
    private Path directory;

    private TestNode withMemory(TestNodes grid) throws IOException {
        return grid.outside("n9", List.of(tier(Medium.MEM, "mem"), tier(Medium.HDD, "hdd")));
    }

    private TierConfig tier(Medium medium, String name) {
        return new TierConfig(medium, directory.resolve(name), Optional.of(DataSize.ofMebibytes(64)));
    }

    /** Its only durable copy lies on the slow tier of the node that keeps a near one. */
    private static BlockRecord putOn(TestNodes grid, TestNode node) {
        String location = node.location();
        grid.live().up(node.name(), Integer.parseInt(location.substring(location.lastIndexOf(':') + 1)));
        grid.live().drain("n1");
        grid.put(node, "/f", BYTES, ONE);
        return grid.layout("/f").blocks().get(0);
    }

    private static Keeper.Outcome keep(TestNodes grid, TestNode node, BlockRecord block) {
        return near(grid, node).keep(TestNode.context(), block, Medium.MEM);
    }

    private static KeptNear near(TestNodes grid, TestNode node) {
        return new KeptNear(node.path(), grid.metadata());
    }

    @SuppressWarnings("NullAway") // which takes the annotation of an array for one of what is in it
    private byte[] read(TestNodes grid, TestNode reader, Replica... holders) {
        FileLayout file = grid.layout("/f");
        BlockRecord block = file.blocks().get(0).heldBy(List.of(holders)).asked(1, new Keeping(1, Medium.MEM));
        byte[] all = new byte[BYTES.length];
        try (FileReader open =
                reader.files().open(TestNode.context(), new FileLayout(file.status(), null, List.of(block)))) {
            for (int at = 0; at < all.length; at += TestNodes.CHUNK) {
                int length = Math.min(TestNodes.CHUNK, all.length - at);
                ByteBuf bytes = open.read(at, length);
                bytes.readBytes(all, at, length);
                bytes.release();
            }
        }
        return all;
    }

    private List<Path> nearFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(directory.resolve("mem").resolve("near"))) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        return files;
    }

    private void spoilNear() throws IOException {
        assertThat(nearFiles()).hasSize(1);
        Path file = nearFiles().get(0);
        byte[] damaged = Files.readAllBytes(file);
        damaged[2_000_000] ^= 8;
        Files.write(file, damaged);
    }

    @Test
    void theNearOneIsReadFirst() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 1);
                TestNode node = withMemory(grid)) {
            BlockRecord block = putOn(grid, node);
            assertThat(keep(grid, node, block)).isEqualTo(Keeper.Outcome.KEPT);
            node.damage(block.id(), 1_000_000);
            Replica both = new Replica("n9", block.epoch(), true, Medium.MEM);
            assertThat(read(grid, grid.get(1), both)).isEqualTo(BYTES);
            assertThat(grid.metadata().reportedBad()).isEmpty();
        }
    }

    @Test
    void whereItIsDamagedTheDurableOneIsReadAndItIsMadeAgain() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 1);
                TestNode node = withMemory(grid)) {
            BlockRecord block = putOn(grid, node);
            KeptNear near = near(grid, node);
            assertThat(keep(grid, node, block)).isEqualTo(Keeper.Outcome.KEPT);
            spoilNear();
            Replica both = new Replica("n9", block.epoch(), true, Medium.MEM);
            assertThat(read(grid, grid.get(1), both)).isEqualTo(BYTES);
            assertThat(grid.metadata().reportedBad()).isEmpty();
            assertThat(node.blocks().find(block.id())).isPresent();
            assertThat(nearFiles()).isEmpty();
            assertThat(near.isKept(block.sealed(), Medium.MEM)).isFalse();
            assertThat(near.leftBytes(Medium.MEM)).isEqualTo(near.mostBytes(Medium.MEM));
            assertThat(near.takeLost()).containsExactly(new Copy(block.fileId(), block.id(), block.epoch()));
            assertThat(near.takeLost()).isEmpty();

            assertThat(keep(grid, node, block)).isEqualTo(Keeper.Outcome.KEPT);
            node.damage(block.id(), 1_000_000);
            assertThat(read(grid, grid.get(1), both)).isEqualTo(BYTES);
            assertThat(grid.metadata().reportedBad()).isEmpty();
        }
    }

    /** Without a durable one beside it, whoever reads goes on with those of other nodes, and blames nobody. */
    @Test
    void whereItIsDamagedAndAloneAnotherNodeIsAsked() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2);
                TestNode node = withMemory(grid)) {
            grid.put(grid.get(1), "/f", BYTES, ONE);
            BlockRecord block = grid.layout("/f").blocks().get(0);
            Replica durable = block.holders().get(0);
            assertThat(keep(grid, node, block)).isEqualTo(Keeper.Outcome.KEPT);
            TestNode reader = grid.all().stream()
                    .filter(each -> !each.name().equals(durable.node()))
                    .findFirst()
                    .orElseThrow();
            Replica alone = Replica.near("n9", block.epoch(), Medium.MEM);
            assertThat(read(grid, reader, alone)).isEqualTo(BYTES);
            spoilNear();
            assertThat(read(grid, reader, alone, durable)).isEqualTo(BYTES);
            assertThat(grid.metadata().reportedBad()).isEmpty();
            assertThat(nearFiles()).isEmpty();
            assertThat(near(grid, node).takeLost()).hasSize(1);
        }
    }
}
