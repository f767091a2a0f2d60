package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.put;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.TierConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Blocks that move from a tier to a lower one. */
class TierMoverTest extends TwoTiers {
    @Test
    void whatIsNotReadMovesDownAndMakesRoomAbove() throws IOException {
        try (LocalBlockStore store = open(100 * MIB)) {
            for (int i = 1; i <= 5; i++) {
                put(store, id(i), 0, content);
            }
            for (int round = 0; round < 10; round++) {
                for (int i = 1; i <= 5; i++) {
                    read(store, id(i), 0);
                }
            }
            for (int i = 6; i <= 40; i++) {
                put(store, id(i), 0, content);
                for (int hot = 1; hot <= 5; hot++) {
                    read(store, id(hot), 0);
                }
                store.mover().runOnce();
                assertThat(in(store, upper)).isLessThanOrEqualTo(9);
            }

            for (int i = 1; i <= 5; i++) {
                assertThat(store.find(id(i)).orElseThrow().path()).startsWith(upper);
            }
            assertThat(in(store, upper)).isGreaterThanOrEqualTo(8);
            assertThat(files(upper)).isEqualTo(2 * in(store, upper));
            assertThat(files(lower)).isEqualTo(2 * in(store, lower));
            assertThat(store.moves().blocks()).isEqualTo(in(store, lower));
            assertThat(store.moves().bytes()).isEqualTo(in(store, lower) * content.length);
            assertThat(store.blocks()).isEqualTo(40);
            long used = store.usedBytes();
            for (int i = 1; i <= 40; i++) {
                assertThat(read(store, id(i), 0)).isEqualTo(content);
                assertThat(store.delete(id(i), 0)).isTrue();
            }
            assertThat(used).isEqualTo(40 * (content.length + Sidecar.fileBytes(content.length, HOME)));
            assertThat(store.usedBytes()).isZero();
            assertThat(files(directory)).isZero();
        }
    }

    @Test
    void whatHasMovedIsFoundAfterARestart() {
        try (LocalBlockStore store = open(100 * MIB)) {
            for (int i = 1; i <= 20; i++) {
                put(store, id(i), 7, content);
            }
            store.mover().runOnce();
        }
        try (LocalBlockStore store = open(100 * MIB)) {
            assertThat(in(store, upper)).isLessThanOrEqualTo(9);
            assertThat(in(store, lower)).isGreaterThanOrEqualTo(11);
            for (int i = 1; i <= 20; i++) {
                assertThat(read(store, id(i), 7)).isEqualTo(content);
                assertThat(store.find(id(i)).orElseThrow().home()).isEqualTo(HOME);
            }
        }
    }

    @Test
    void anEndInBetweenLeavesOneWholeCopy() throws IOException {
        Path above;
        Path below;
        try (LocalBlockStore store = open(100 * MIB)) {
            put(store, id(1), 0, content);
            above = store.find(id(1)).orElseThrow().path();
            below = lower.resolve(upper.relativize(above));
        }
        byte[] sidecar = Files.readAllBytes(Tier.sidecar(above));
        for (int cut = 0; cut < 4; cut++) {
            Files.write(above, content);
            Files.write(Tier.sidecar(above), sidecar);
            Files.write(below, cut == 0 ? new byte[1000] : content);
            if (cut >= 2) {
                Files.write(Tier.sidecar(below), sidecar);
            }
            if (cut == 3) {
                Files.delete(Tier.sidecar(above));
            }

            try (LocalBlockStore store = open(100 * MIB)) {
                assertThat(read(store, id(1), 0)).as("cut %s", cut).isEqualTo(content);
                assertThat(store.strays()).as("cut %s", cut).isEmpty();
                assertThat(store.usedBytes()).isEqualTo(content.length + Sidecar.fileBytes(content.length, HOME));
            }
            assertThat(files(directory)).as("cut %s", cut).isEqualTo(2);
        }
    }

    @Test
    void aReaderGoesOnAndOneThatComesFindsIt() {
        try (LocalBlockStore store = open(100 * MIB)) {
            put(store, id(1), 0, content);
            try (BlockReader reader = store.open(id(1), 0)) {
                Path before = reader.block().path();
                for (int i = 2;
                        i <= 30 && store.find(id(1)).orElseThrow().path().equals(before);
                        i++) {
                    put(store, id(i), 0, content);
                    for (int round = 0; round < 5; round++) {
                        read(store, id(i), 0);
                    }
                    store.mover().runOnce();
                }
                assertThat(store.find(id(1)).orElseThrow().path()).startsWith(lower);

                assertThat(read(reader, 0, content.length)).isEqualTo(content);
                Thread.currentThread().interrupt(); // closes the channel of the file that is gone
                try {
                    reader.read(0, 10).release();
                } catch (GridException e) {
                    assertThat(e.code()).isIn(ErrorCode.CANCELLED, ErrorCode.INTERNAL, ErrorCode.UNAVAILABLE);
                } finally {
                    assertThat(Thread.interrupted()).isTrue();
                }
                assertThat(read(reader, 0, content.length)).isEqualTo(content);
            }
        }
    }

    @Test
    void staysWhereNothingBelowHasRoomAndGoesOnceSomethingHas() {
        try (LocalBlockStore store = open(2 * MIB)) {
            put(store, id(100), 0, new byte[MIB + MIB / 2]);
            for (int i = 1; i <= 9; i++) {
                put(store, id(i), 0, content);
            }
            while (in(store, lower) == 0) {
                store.mover().runOnce();
            }
            store.mover().runOnce();
            long above = in(store, upper);

            assertThat(store.moves().stuckBlocks()).isEqualTo(above - 8);
            store.list().stream()
                    .filter(block -> block.path().startsWith(lower))
                    .forEach(block -> store.delete(block.id(), 0));
            store.mover().runOnce();
            store.mover().runOnce();

            assertThat(in(store, upper)).isLessThanOrEqualTo(9);
            assertThat(store.moves().stuckBlocks()).isZero();
        }
    }

    @Test
    void whatIsDamagedIsNotCarriedOn() throws IOException {
        try (LocalBlockStore store = open(100 * MIB)) {
            for (int i = 1; i <= 9; i++) {
                put(store, id(i), 0, content);
                Path file = store.find(id(i)).orElseThrow().path();
                byte[] bad = Files.readAllBytes(file);
                bad[300_000] ^= 1;
                Files.write(file, bad);
            }
            for (int i = 10; i <= 12; i++) {
                put(store, id(i), 0, content);
            }

            store.mover().runOnce();

            store.list().stream()
                    .filter(block -> block.path().startsWith(lower))
                    .forEach(block -> assertThat(read(store, block.id(), 0)).isEqualTo(content));
            assertThat(files(lower)).isEqualTo(2 * in(store, lower));
        }
    }

    @Test
    void ofTwoDisksOfOneKindNeitherIsMovedInto() {
        try (LocalBlockStore store = store(buffers, ssd(upper, 10 * MIB), ssd(lower, 100 * MIB))) {
            for (int i = 1; i <= 30; i++) {
                put(store, id(i), 0, content);
            }
            long above = in(store, upper);

            store.mover().runOnce();

            assertThat(above).isEqualTo(10);
            assertThat(in(store, upper)).isEqualTo(above);
            assertThat(store.moves()).isEqualTo(TierMoves.NONE);
        }
    }

    @Test
    void memoryIsNoRoomForWhatIsToLast() {
        TierConfig memory = new TierConfig(Medium.MEM, upper, Optional.of(DataSize.ofBytes(10 * MIB)));
        try (LocalBlockStore store = store(buffers, memory, ssd(lower, 20 * MIB))) {
            assertThat(store.capacityBytes()).isEqualTo(20 * MIB);
            assertThat(store.freeBytes()).isEqualTo(20 * MIB);
            try (BlockWriter writer = store.create(id(1), 0, HOME, Durability.MEMORY, content.length)) {
                writer.write(ByteBuffer.wrap(content));
                writer.seal();
            }
            assertThat(in(store, upper)).isEqualTo(1);
            assertThat(store.freeBytes()).isEqualTo(20 * MIB);
        }
        try (LocalBlockStore store = store(buffers, memory)) {
            assertThat(store.capacityBytes()).isEqualTo(10 * MIB);
        }
    }

    @Test
    void readersWritersAndRemovalsSeeWholeBlocksWhileAllMove() throws Exception {
        Random seeds = new Random(11);
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(5);
        try (LocalBlockStore store = open(60 * MIB)) {
            IntStream.rangeClosed(1, 20).forEach(i -> put(store, id(i), 0, content));
            List<Future<?>> crew = new ArrayList<>();
            for (int member = 0; member < 3; member++) {
                Random random = new Random(seeds.nextLong());
                crew.add(pool.submit(() -> {
                    while (!ended.get()) {
                        BlockId id = id(1 + random.nextInt(20));
                        StoredBlock there = store.find(id).orElse(null);
                        if (there == null || !there.sealed()) {
                            continue;
                        }
                        try {
                            switch (random.nextInt(4)) {
                                case 0 -> store.lend(id, there.epoch()).close();
                                case 1 -> store.inspect(id, there.epoch()).close();
                                default ->
                                    assertThat(read(store, id, there.epoch())).isEqualTo(content);
                            }
                        } catch (GridException e) {
                            // It was made anew meanwhile; never that it is damaged.
                            assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.NOT_FOUND);
                        }
                    }
                }));
            }
            Random random = new Random(seeds.nextLong());
            crew.add(pool.submit(() -> {
                for (int round = 0; round < 300; round++) {
                    BlockId id = id(1 + random.nextInt(20));
                    long epoch = store.find(id).orElseThrow().epoch();
                    switch (random.nextInt(3)) {
                        case 0 -> store.raise(id, epoch, epoch + 1);
                        case 1 -> store.harden(id, epoch);
                        default -> put(store, id, epoch + 1, content);
                    }
                }
                ended.set(true);
            }));
            while (!ended.get()) {
                store.mover().runOnce();
            }
            for (Future<?> each : crew) {
                each.get(60, TimeUnit.SECONDS);
            }

            assertThat(store.blocks()).isEqualTo(20);
            assertThat(files(directory)).isEqualTo(40);
            long bytes = 0;
            for (StoredBlock block : store.list()) {
                assertThat(read(store, block.id(), block.epoch())).isEqualTo(content);
                bytes += content.length + Files.size(Tier.sidecar(block.path()));
            }
            assertThat(store.usedBytes()).isEqualTo(bytes);
        } finally {
            ended.set(true);
            pool.shutdownNow();
        }
    }
}
