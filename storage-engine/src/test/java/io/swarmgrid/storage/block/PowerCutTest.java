package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is left of a block where the power fails: of each file what was put on the device last. What was renamed since may be there under
 * its new name, and may not.
 */
class PowerCutTest {
    private static final int PIECE = 100_000;

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 << 20);

    private final Random random = new Random(1);
    private final byte[] content = Blocks.bytes(random, 20 * PIECE);
    private LocalBlockStore store;
    private BlockWriter writer;

    /** What the writer was told is on the device. */
    private int promised;

    private byte[] blockOnDevice = new byte[0];
    private byte[] sidecarOnDevice = new byte[0];
    private Path written;

    @BeforeEach
    void open() {
        store = store(buffers, ssd(directory.resolve("tier")));
        writer = store.create(id(1), 1, HOME, Durability.PROCESS, content.length);
        written = writer.file();
    }

    @AfterEach
    void nothingLeaked() {
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "write, force",
                "write, force, write",
                "write, force, write, flush",
                "write, flush, write, force, write, flush, write, flush, write",
                "write, force, write, raise",
                "write, force, write, flush, raise, write, flush",
                "write, force, write, write, cut",
                "write, force, raise, write, cut, write, flush",
                "write, force, write, close",
                "write, force, write, settle"
            })
    void whatWasForcedIsThereWhateverCameAfterwards(String steps) throws IOException {
        for (String step : steps.split(", ", -1)) {
            step(step);
        }
        requirePromised(steps);
        writer.close();
    }

    /** Somebody who writes in place is ahead: the block goes on in a file of its own. */
    @Test
    void aCopyIsOnTheDeviceBeforeItTakesThePlaceOfWhatIs() throws IOException {
        step("write");
        step("force");
        Files.write(writer.file(), new byte[10], StandardOpenOption.APPEND);
        Path temporary = written.resolveSibling(written.getFileName() + LocalBlockWriter.TEMPORARY);

        List<Path> forced = Forces.of(writer::seal);

        assertThat(forced)
                .as("the copy, again when it is the block's file, then the sidecar, and the directory with both")
                .containsExactly(temporary, temporary, temporary, temporary.resolveSibling(""));
        writer.close();
    }

    private void step(String name) throws IOException {
        List<Path> forced = Forces.of(() -> act(name));
        Path now = store.find(id(1)).orElseThrow().path();
        for (Path file : forced) {
            if (file.equals(written)) {
                blockOnDevice = Files.readAllBytes(now);
            } else if (file.toString().endsWith(LocalBlockWriter.TEMPORARY)) {
                sidecarOnDevice = Files.readAllBytes(Tier.sidecar(now));
            }
        }
    }

    private void act(String step) {
        int position = (int) writer.position();
        switch (step) {
            case "write" -> writer.write(ByteBuffer.wrap(content, position, PIECE));
            case "flush" -> writer.flush();
            case "force" -> {
                writer.force();
                promised = position;
            }
            case "raise" -> writer.epoch(writer.epoch() + 1, position);
            case "cut" -> writer.epoch(writer.epoch() + 1, promised + PIECE / 2);
            case "settle" -> store.settle(id(1), writer.epoch() + 1, BlockStore.ALL);
            case "close" -> writer.close();
            default -> throw new IllegalArgumentException(step);
        }
    }

    private void requirePromised(String steps) throws IOException {
        StoredBlock block = store.find(id(1)).orElseThrow();
        List<byte[]> sidecars = new ArrayList<>(List.of(Files.readAllBytes(Tier.sidecar(block.path()))));
        sidecars.add(sidecarOnDevice);
        for (int i = 0; i < sidecars.size(); i++) {
            Path after = Files.createDirectories(directory.resolve("after-" + i));
            Path file = after.resolve(directory.resolve("tier").relativize(block.path()));
            Files.createDirectories(file.getParent());
            Files.write(file, blockOnDevice);
            Files.write(Tier.sidecar(file), sidecars.get(i));
            try (LocalBlockStore found = store(buffers, ssd(after))) {
                assertThat(found.find(id(1))).as(steps).isPresent();
                byte[] left = read(found, id(1), block.epoch());
                assertThat(left.length).as(steps).isGreaterThanOrEqualTo(promised);
                assertThat(left).as(steps).isEqualTo(Arrays.copyOf(content, left.length));
            }
        }
    }
}
