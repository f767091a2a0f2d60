package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.TierConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store with a tier above another one, of a slower medium. */
abstract class TwoTiers {
    static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @AutoClose
    final ChunkBuffers buffers = new ChunkBuffers(32 * MIB);

    final byte[] content = Blocks.bytes(new Random(2), MIB - 4096);
    Path upper;
    Path lower;

    @BeforeEach
    void name() {
        upper = directory.resolve("upper");
        lower = directory.resolve("lower");
    }

    @AfterEach
    void nothingLeaked() {
        assertThat(buffers.outstandingBytes()).isZero();
    }

    /** Ten blocks fit above; half of one is headroom. */
    final LocalBlockStore open(long lowerBytes) {
        return store(buffers, ssd(upper, 10 * MIB), hdd(lower, lowerBytes));
    }

    private static TierConfig hdd(Path path, long capacityBytes) {
        return new TierConfig(Medium.HDD, path, Optional.of(DataSize.ofBytes(capacityBytes)));
    }

    static long in(LocalBlockStore store, Path tier) {
        return store.list().stream()
                .filter(block -> block.path().startsWith(tier))
                .count();
    }

    /** Block files and sidecars. */
    static long files(Path tier) throws IOException {
        try (Stream<Path> all = Files.walk(tier)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches("[0-9a-f]{16}\\..*"))
                    .count();
        }
    }
}
