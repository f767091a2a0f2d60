package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.mounted.MountedStore;
import io.swarmgrid.storage.outer.MemoryProvider;
import io.swarmgrid.storage.outer.MemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A grid of three nodes into which an outer store is mounted. */
abstract class OuterReads {
    static final int PAGE = 64 << 10;
    static final String FILE = "/data/x/sets/a";
    private static final GridPath PATH = GridPath.parse(FILE);

    @TempDir
    Path directory;

    final List<MountedStore> stores = new ArrayList<>();
    MemoryStore outer = MemoryProvider.make("none");
    private @Nullable TestNodes started;

    @BeforeEach
    void start() throws IOException {
        outer = MemoryProvider.make("outer");
        TestNodes grid = new TestNodes(
                directory,
                3,
                Map.of(
                        "storage.cache.share", "50%",
                        "storage.outer.allowed", "memory://outer",
                        "storage.outer.page-size", "64KiB",
                        "storage.outer.status-ttl", "0s",
                        "storage.outer.patience", "1s"),
                Map.of());
        OneMount mount = new OneMount(GridPath.parse("/data/x"), "memory://outer");
        grid.all().forEach(node -> stores.add(node.mount(mount)));
        started = grid;
    }

    final TestNodes grid() {
        return Objects.requireNonNull(started);
    }

    @AfterEach
    void stop() {
        grid().close();
    }

    final FileReader open(int node) {
        return stores.get(node).open(TestNode.context(), PATH);
    }

    static byte[] read(FileReader reader, long from, int length) {
        ByteBuf bytes = reader.read(from, length);
        try {
            byte[] all = new byte[bytes.readableBytes()];
            bytes.readBytes(all);
            return all;
        } finally {
            bytes.release();
        }
    }

    static byte[] readAll(FileStore store) {
        try (FileReader reader = store.open(TestNode.context(), PATH)) {
            byte[] all = new byte[(int) reader.lengthBytes()];
            for (int at = 0; at < all.length; at += PAGE) {
                byte[] page = read(reader, at, Math.min(PAGE, all.length - at));
                System.arraycopy(page, 0, all, at, page.length);
            }
            return all;
        }
    }

    /** Pages are kept behind their readers. */
    final void awaitNear(int pages) {
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(grid().get(1).near().entries()).isEqualTo(pages));
    }
}
