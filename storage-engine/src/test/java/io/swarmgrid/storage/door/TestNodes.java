package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** A grid of test nodes. Closing it proves that nothing leaked. */
final class TestNodes implements AutoCloseable {
    static final int CHUNK = 64 << 10;
    static final int BLOCK = 4 << 20;

    private final FakeNodes live = new FakeNodes();
    private final FakeMetadata metadata = new FakeMetadata(live);
    private final List<TestNode> nodes = new ArrayList<>();
    private final Path directory;
    private final StorageConfig config;

    TestNodes(Path directory, int count) throws IOException {
        this(directory, count, true);
    }

    /** @param shortCircuit whether clients may write into the block files */
    TestNodes(Path directory, int count, boolean shortCircuit) throws IOException {
        this(directory, count, Map.of("storage.short-circuit", Boolean.toString(shortCircuit)), Map.of());
    }

    /**
     * @param settings of all nodes, beside those of every test
     * @param capacities of the disks of some, by name; the grid believes that they have room all the same
     */
    TestNodes(Path directory, int count, Map<String, String> settings, Map<String, DataSize> capacities)
            throws IOException {
        this.directory = directory;
        this.config = SwarmConfig.defaults()
                .with(Map.of(
                        "storage.block-size", "4MiB",
                        "storage.chunk-size", "64KiB",
                        "storage.read-buffers", "64MiB",
                        "storage.durability", "process",
                        "storage.cache.share", "0%"))
                .with(settings)
                .storage();
        for (int i = 1; i <= count; i++) {
            String name = "n" + i;
            Optional<DataSize> capacity = Optional.ofNullable(capacities.get(name));
            nodes.add(new TestNode(name, tier(name, capacity), live, metadata, config));
        }
    }

    private List<TierConfig> tier(String name, Optional<DataSize> capacity) {
        return List.of(new TierConfig(Medium.SSD, directory.resolve(name), capacity));
    }

    FakeNodes nodes() {
        return live;
    }

    /** A node that was closed starts again, with what its directory has. */
    void restart(int number) throws IOException {
        String name = "n" + number;
        nodes.set(number - 1, new TestNode(name, tier(name, Optional.empty()), live, metadata, config));
    }

    /** One more node, on which no block is placed; the caller closes it. */
    TestNode outside(String name) throws IOException {
        return outside(name, tier(name, Optional.empty()));
    }

    /** The same with tiers of its own. */
    TestNode outside(String name, List<TierConfig> tiers) throws IOException {
        TestNode node = new TestNode(name, tiers, live, metadata, config);
        live.drain(name);
        return node;
    }

    FakeNodes live() {
        return live;
    }

    FakeMetadata metadata() {
        return metadata;
    }

    List<TestNode> all() {
        return nodes;
    }

    TestNode get(int number) {
        return nodes.get(number - 1);
    }

    TestNode named(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    FileLayout layout(String path) {
        return metadata.layout(GridPath.parse(path));
    }

    /** Which nodes hold the first block. */
    List<String> holders(String path) {
        return layout(path).blocks().get(0).holders().stream()
                .map(holder -> holder.node())
                .toList();
    }

    void put(TestNode node, String path, byte[] bytes, PutOptions options) {
        try (FileWriter writer = node.files().put(TestNode.context(), GridPath.parse(path), options)) {
            write(writer, bytes, 0, bytes.length);
            writer.commit();
        }
    }

    static void write(FileWriter writer, byte[] bytes, int from, int to) {
        for (int at = from; at < to; ) {
            int count = Math.min(CHUNK, to - at);
            writer.write(Unpooled.directBuffer(count).writeBytes(bytes, at, count));
            at += count;
        }
    }

    byte[] read(TestNode node, String path) {
        return read(node, path, TestNode.context());
    }

    byte[] read(TestNode node, String path, CallContext context) {
        try (FileReader reader = node.files().open(context, GridPath.parse(path))) {
            byte[] all = new byte[(int) reader.lengthBytes()];
            for (int at = 0; at < all.length; ) {
                int count = Math.min(CHUNK, all.length - at);
                ByteBuf bytes = reader.read(at, count);
                assertThat(bytes.readableBytes()).isEqualTo(count);
                assertThat(bytes.hasMemoryAddress()).isTrue();
                bytes.readBytes(all, at, count);
                bytes.release();
                at += count;
            }
            return all;
        }
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        await("every buffer and permit is given back").untilAsserted(() -> {
            nodes.forEach(node -> assertThat(node.heldBytes()).as(node.name()).isZero());
            assertThat(BytesMethods.heldBytes()).isZero();
        });
        nodes.forEach(TestNode::close);
    }
}
