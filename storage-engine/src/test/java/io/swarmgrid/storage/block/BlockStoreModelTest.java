package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random operations on a few blocks, beside a model of what each block must then be. */
class BlockStoreModelTest {
    private static final int BLOCKS = 6;
    private static final long CAPACITY_BYTES = 3 << 20;
    /** A throw of the dice that writes to an open block. */
    private static final int WRITE = 99;

    private static final int MOST_WRITES_TO_FULL = 1_000;

    @TempDir
    private Path directory;

    /** A block as it must be. */
    private static final class Expected {
        long epoch;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Nullable
        BlockWriter writer;

        boolean flushed;

        Expected(long epoch, BlockWriter writer) {
            this.epoch = epoch;
            this.writer = writer;
        }
    }

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(8 << 20);

    private final Map<BlockId, Expected> model = new TreeMap<>();
    private final Seed seed = Seed.next(BlockStoreModelTest.class);
    private final Random random = seed.random();
    private LocalBlockStore store;
    private int refused;

    @BeforeEach
    void open() {
        store = store(
                buffers, ssd(directory.resolve("a"), CAPACITY_BYTES), ssd(directory.resolve("b"), CAPACITY_BYTES));
    }

    @Test
    void doesWhatTheModelDoes() {
        int steps = Boolean.getBoolean("swarm.test.long") ? 50_000 : 2_000;
        for (int step = 0; step < steps; step++) {
            BlockId id = id(1 + random.nextInt(BLOCKS));
            try {
                act(id, random.nextInt(100));
                check(id);
            } catch (GridException | AssertionError e) {
                throw new AssertionError(seed + ", step " + step + ", block " + id, e);
            }
        }
        fill();
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
        assertThat(refused).as("%s: writes refused for lack of room", seed).isPositive();
    }

    /** Whatever chance did before, a disk is full in the end. */
    private void fill() {
        BlockId id = id(BLOCKS + 1);
        for (int i = 0; refused == 0 && i < MOST_WRITES_TO_FULL; i++) {
            Expected block = model.get(id);
            if (block == null || block.writer == null) {
                create(id, block);
            } else {
                write(id, block, block.writer, WRITE);
            }
            check(id);
        }
    }

    private void act(BlockId id, int dice) {
        Expected block = model.get(id);
        if (dice < 1) {
            restart();
        } else if (block == null || dice < 15) {
            create(id, block);
        } else if (dice < 22) {
            assertThat(store.delete(id, block.epoch)).isTrue();
            model.remove(id);
        } else if (dice < 25) {
            store.quarantine(id, block.epoch);
            if (block.writer == null) {
                model.remove(id);
            }
        } else if (block.writer != null) {
            write(id, block, block.writer, dice);
        }
    }

    private void create(BlockId id, @Nullable Expected block) {
        long epoch = (block == null ? 0 : block.epoch) + random.nextInt(3);
        boolean inTheWay = block != null && block.epoch >= epoch;
        try {
            BlockWriter writer = store.create(id, epoch, HOME, durability(), random.nextInt(1 << 20));
            assertThat(inTheWay).as("epoch %d", epoch).isFalse();
            model.put(id, new Expected(epoch, writer));
        } catch (GridException e) {
            assertThat(e.code()).isEqualTo(inTheWay ? ErrorCode.PRECONDITION_FAILED : ErrorCode.NO_SPACE);
            if (!inTheWay) {
                // The older copy was dead in any case.
                model.remove(id);
                refused++;
            }
        }
    }

    private void write(BlockId id, Expected block, BlockWriter writer, int dice) {
        if (dice < 35) {
            seal(block, writer);
        } else if (dice < 40) {
            writer.close();
            end(id, block);
        } else if (dice < 44) {
            if (random.nextBoolean()) {
                writer.flush();
            } else {
                writer.force();
            }
            block.flushed = true;
        } else if (dice < 46) {
            settle(id, block, writer);
        } else if (dice < 54) {
            int cut = random.nextInt(block.bytes.size() + 1);
            byte[] kept = Arrays.copyOf(block.bytes.toByteArray(), cut);
            block.epoch += 1 + random.nextInt(2);
            writer.epoch(block.epoch, cut);
            block.bytes.reset();
            block.bytes.writeBytes(kept);
        } else {
            byte[] bytes = Blocks.bytes(random, random.nextInt(200_000));
            try {
                writer.write(ByteBuffer.wrap(bytes));
                block.bytes.writeBytes(bytes);
            } catch (GridException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE);
                refused++;
            }
        }
    }

    /** What was flushed stays. */
    private void end(BlockId id, Expected block) {
        if (block.flushed) {
            block.writer = null;
        } else {
            model.remove(id);
        }
    }

    /** Somebody takes the block from its writer. */
    private void settle(BlockId id, Expected block, BlockWriter fenced) {
        boolean all = random.nextBoolean();
        int cut = all ? block.bytes.size() : random.nextInt(block.bytes.size() + 1);
        byte[] kept = Arrays.copyOf(block.bytes.toByteArray(), cut);
        try {
            SealedBlock sealed = store.settle(id, block.epoch + 1, all ? BlockStore.ALL : cut);
            assertThat(sealed.lengthBytes()).isEqualTo(cut);
            block.writer = null;
            assertThatThrownBy(() -> fenced.write(ByteBuffer.allocate(1))).hasMessageContaining("is sealed");
        } catch (GridException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE);
            refused++;
        }
        block.epoch++;
        block.bytes.reset();
        block.bytes.writeBytes(kept);
    }

    private void seal(Expected block, BlockWriter writer) {
        try {
            SealedBlock sealed = writer.seal();
            assertThat(sealed.lengthBytes()).isEqualTo(block.bytes.size());
            assertThat(sealed.epoch()).isEqualTo(block.epoch);
            block.writer = null;
        } catch (GridException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE);
            refused++;
        }
    }

    private void restart() {
        store.close();
        Map.copyOf(model).forEach((id, block) -> {
            if (block.writer != null) {
                end(id, block);
            }
        });
        open();
    }

    private void check(BlockId id) {
        assertThat(store.blocks()).isEqualTo(model.size());
        long used = 0;
        for (Expected block : model.values()) {
            int length = block.bytes.size();
            used += length + (block.writer == null ? Sidecar.fileBytes(length, HOME) : 0);
        }
        assertThat(store.usedBytes()).isEqualTo(used);
        assertThat(store.freeBytes()).isBetween(0L, 2 * CAPACITY_BYTES - used);
        Expected block = model.get(id);
        if (block == null) {
            assertThat(store.find(id)).isEmpty();
            return;
        }
        StoredBlock stored = store.find(id).orElseThrow();
        assertThat(stored.epoch()).isEqualTo(block.epoch);
        assertThat(stored.lengthBytes()).isEqualTo(block.bytes.size());
        assertThat(stored.sealed()).isEqualTo(block.writer == null);
        assertThat(read(store, id, block.epoch)).isEqualTo(block.bytes.toByteArray());
    }

    private Durability durability() {
        return random.nextInt(10) == 0 ? Durability.POWER : Durability.PROCESS;
    }
}
