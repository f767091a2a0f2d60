package io.swarmgrid.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.WayHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that write and remove blocks of a tier that is too small while others read near copies in it, and break these. */
class NearRaceTest {
    private static final int THREADS = 4;
    private static final int STEPS = 400;
    private static final int CAPACITY = 4 << 20;
    private static final int BLOCKS = 40;

    private static final Set<ErrorCode> LOST_A_RACE =
            Set.of(ErrorCode.PRECONDITION_FAILED, ErrorCode.CONFLICT, ErrorCode.NOT_FOUND, ErrorCode.NO_SPACE);

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(8 << 20);

    @Test
    void countersAndFilesAgreeWhateverWins() throws Exception {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        System.out.println("NearRaceTest: replay with -Dswarm.test.seed=" + seed);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (LocalBlockStore store = Copies.store(buffers, Copies.tier(Medium.SSD, directory, CAPACITY))) {
            try (NearCopies near =
                    NearCopies.open(store.nearTiers(), Copies.config("60%", 30), buffers, Copies.CHUNK)) {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    Random random = new Random(seed + i);
                    all.add(threads.submit(() -> run(store, near, random)));
                }
                for (Future<?> each : all) {
                    each.get();
                }
                // Whatever of it a block wants is given.
                assertThat(store.freeBytes()).isEqualTo(CAPACITY - store.usedBytes());
            }
            try (NearCopies near =
                    NearCopies.open(store.nearTiers(), Copies.config("60%", 30), buffers, Copies.CHUNK)) {
                assertThat(near.heldBytes()).as("seed %d", seed).isEqualTo(Copies.nearBytes(directory));
                assertThat(near.entries()).isLessThanOrEqualTo(30);
                for (long id = 1; id <= BLOCKS; id++) {
                    read(near, block(id), 0, 1000);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(buffers.outstandingBytes()).isZero();
    }

    private void run(LocalBlockStore store, NearCopies near, Random random) {
        for (int step = 0; step < STEPS; step++) {
            SealedBlock block = block(1 + random.nextInt(BLOCKS));
            int length = (int) Math.min(block.lengthBytes(), Copies.CHUNK);
            int from = random.nextInt((int) block.lengthBytes() - length + 1);
            try {
                switch (random.nextInt(12)) {
                    case 0, 1 -> write(store, random);
                    case 2 -> store.delete(new BlockId(100 + random.nextInt(6)), 0);
                    case 3 -> near.isBad(block);
                    case 4 -> damage(random);
                    default -> {
                        if (!read(near, block, from, length)) {
                            near.missed(block, true, () -> Copies.origin(block));
                            check(near.fetched(block, from, length, random.nextBoolean()), block, from);
                        }
                    }
                }
            } catch (GridException e) {
                if (!LOST_A_RACE.contains(e.code())) {
                    throw e;
                }
            }
        }
    }

    private static SealedBlock block(long id) {
        return Copies.block(id, 20_000 + (int) (id * 7919 % 300_000));
    }

    private static void write(LocalBlockStore store, Random random) {
        BlockId id = new BlockId(100 + random.nextInt(6));
        int length = 100_000 + random.nextInt(900_000);
        try (BlockWriter writer =
                store.create(id, 0, new WayHome(1, "/f", 0), Durability.PROCESS, random.nextInt(length))) {
            writer.write(ByteBuffer.allocate(length));
            if (random.nextInt(4) > 0) {
                writer.seal();
            }
        }
    }

    /** The bytes of the block, or a refusal to read them. */
    private static boolean read(NearCopies near, SealedBlock block, int from, int length) {
        BlockReader reader = near.open(block);
        if (reader == null) {
            return false;
        }
        try (reader) {
            check(reader.read(from, length), block, from);
            near.hit(block);
            return true;
        } catch (GridException e) {
            if (e.code() != ErrorCode.CORRUPT_DATA) {
                throw e;
            }
            near.isBad(block);
            return false;
        }
    }

    private static void check(@Nullable ByteBuf bytes, SealedBlock block, int from) {
        if (bytes == null) {
            return;
        }
        byte[] all = Copies.bytes(block.id().value(), (int) block.lengthBytes());
        byte[] some = new byte[bytes.readableBytes()];
        bytes.readBytes(some);
        bytes.release();
        assertThat(some).isEqualTo(Arrays.copyOfRange(all, from, from + some.length));
    }

    /** Somebody else writes into a near file. */
    private void damage(Random random) {
        try {
            List<Path> files = Copies.files(directory.resolve("near"));
            if (!files.isEmpty()) {
                Path file = files.get(random.nextInt(files.size()));
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    if (channel.size() > 0) {
                        channel.write(ByteBuffer.wrap(new byte[] {1}), random.nextLong(channel.size()));
                    }
                }
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            assertThat(Files.exists(directory)).isTrue(); // it went meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
