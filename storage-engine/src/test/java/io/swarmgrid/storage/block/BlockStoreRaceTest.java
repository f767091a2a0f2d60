package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that make, read, and remove the same few blocks: whatever wins, counters and files agree afterwards. */
class BlockStoreRaceTest {
    private static final int THREADS = 4;
    private static final int STEPS = 400;
    /** What has anything has that much. */
    private static final int LEAST = 50_000;

    private static final Set<ErrorCode> LOST_A_RACE =
            Set.of(ErrorCode.PRECONDITION_FAILED, ErrorCode.CONFLICT, ErrorCode.NOT_FOUND, ErrorCode.NO_SPACE);

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(8 << 20);

    @Test
    void countersAndFilesAgreeWhateverWins() throws Exception {
        Seed seed = Seed.next(BlockStoreRaceTest.class);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (LocalBlockStore store = store(buffers, ssd(directory, 2 << 20))) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seed.value() + i);
                all.add(threads.submit(() -> run(store, random)));
            }
            for (Future<?> each : all) {
                each.get();
            }

            long used = 0;
            for (StoredBlock block : store.list()) {
                assertThat(block.sealed()).as("%s", block).isTrue();
                used += block.lengthBytes() + Sidecar.fileBytes(block.lengthBytes(), HOME);
            }
            assertThat(store.usedBytes()).as("%s", seed).isEqualTo(used);
            assertThat(store.freeBytes()).as("%s", seed).isEqualTo((2 << 20) - used);
            try (Stream<Path> files = Files.walk(directory)) {
                assertThat(files.filter(file -> BlockFiles.parse(file) != null))
                        .as("%s", seed)
                        .hasSize(2 * store.blocks());
            }
            assertThat(buffers.outstandingBytes()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private void run(LocalBlockStore store, Random random) {
        for (int step = 0; step < STEPS; step++) {
            BlockId id = id(1 + random.nextInt(3));
            long epoch = random.nextBoolean() ? epochOf(store, id) : random.nextInt(6);
            try {
                switch (random.nextInt(10)) {
                    case 0 -> store.delete(id, epoch);
                    case 1 -> Blocks.read(store, id, epoch);
                    case 2, 3 -> store.raise(id, epoch, epoch + 1);
                    case 4 -> rewrite(store, id, epoch, random);
                    case 5, 6 -> settle(store, id);
                    default -> write(store, id, epoch, random);
                }
            } catch (GridException e) {
                if (!LOST_A_RACE.contains(e.code())) {
                    throw e;
                }
            }
        }
    }

    /** Whoever takes a block from its writer gets nothing or all that it had before it was begun anew. */
    private static void settle(LocalBlockStore store, BlockId id) {
        SealedBlock sealed = store.settle(id, epochOf(store, id) + 1, BlockStore.ALL);
        assertThat(sealed.lengthBytes()).as("%s", sealed).matches(length -> length == 0 || length >= LEAST);
    }

    private static long epochOf(LocalBlockStore store, BlockId id) {
        return store.find(id).map(StoredBlock::epoch).orElse(0L);
    }

    private static void write(LocalBlockStore store, BlockId id, long epoch, Random random) {
        try (BlockWriter writer = store.create(id, epoch, HOME, Durability.PROCESS, random.nextInt(100_000))) {
            write(writer, random);
            end(writer, random);
        }
    }

    /** In pieces, so that others may take the block from its writer while the beginning is not yet there again. */
    private static void rewrite(LocalBlockStore store, BlockId id, long epoch, Random random) {
        long length = store.find(id)
                .filter(StoredBlock::sealed)
                .map(StoredBlock::lengthBytes)
                .orElse(0L);
        BlockStore.Beginning all = new BlockStore.Beginning(epoch, length);
        int reserve = random.nextInt(100_000);
        try (BlockWriter writer = store.rewrite(id, all, epoch + 1, HOME, Durability.PROCESS, reserve)) {
            while (writer.position() < length) {
                int piece = (int) Math.min(LEAST / 25, length - writer.position());
                writer.write(ByteBuffer.wrap(Blocks.bytes(random, piece)));
            }
            write(writer, random);
            end(writer, random);
        }
    }

    private static void write(BlockWriter writer, Random random) {
        writer.write(ByteBuffer.wrap(Blocks.bytes(random, LEAST + random.nextInt(150_000))));
    }

    private static void end(BlockWriter writer, Random random) {
        if (random.nextInt(4) > 0) {
            writer.seal();
        }
    }
}
