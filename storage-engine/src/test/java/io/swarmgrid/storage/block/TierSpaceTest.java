package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.HOME;
import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.put;
import static io.swarmgrid.storage.block.Blocks.read;
import static io.swarmgrid.storage.block.Blocks.ssd;
import static io.swarmgrid.storage.block.Blocks.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TierSpaceTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 * MIB);

    private final byte[] content = Blocks.bytes(new Random(2), MIB);

    @AfterEach
    void nothingLeaked() {
        assertThat(buffers.outstandingBytes()).isZero();
    }

    @Test
    void refusesWhatDoesNotFitAndNamesTheTiers() {
        try (BlockStore store = store(buffers, ssd(directory, 4 * MIB))) {
            put(store, id(1), 0, content);
            long free = store.freeBytes();

            assertNoSpace(() -> store.create(id(2), 0, HOME, Durability.PROCESS, 4 * MIB))
                    .hasMessageContaining("durability=PROCESS")
                    .hasMessageContaining(directory + " (ssd, free_bytes=" + free + ", capacity_bytes=4194304");
            assertThat(store.freeBytes()).isEqualTo(free);
            assertThat(store.blocks()).isEqualTo(1);
        }
    }

    @Test
    void aWriterNeverPassesTheTierAndItsRoomComesBack() {
        try (BlockStore store = store(buffers, ssd(directory, 2 * MIB))) {
            BlockWriter writer = store.create(id(1), 0, HOME, Durability.PROCESS, 0);
            writer.write(ByteBuffer.wrap(content));

            assertNoSpace(() -> writer.write(ByteBuffer.allocate(MIB + 200))).hasMessageContaining("position=1048576");
            writer.write(ByteBuffer.allocate(10));
            writer.close();

            assertThat(store.freeBytes()).isEqualTo(2 * MIB);
            assertThat(store.usedBytes()).isZero();
            put(store, id(2), 0, content);
            assertThat(read(store, id(2), 0)).isEqualTo(content);
        }
    }

    @Test
    void promisesCountUntilTheyAreGivenBack() {
        try (BlockStore store = store(buffers, ssd(directory, 4 * MIB))) {
            BlockWriter writer = store.create(id(1), 0, HOME, Durability.PROCESS, 3 * MIB);
            assertThat(store.freeBytes()).isLessThan(MIB);
            assertNoSpace(() -> store.create(id(2), 0, HOME, Durability.PROCESS, MIB));
            writer.write(ByteBuffer.wrap(content, 0, 1000));
            writer.seal();

            assertThat(store.usedBytes()).isEqualTo(1000 + Sidecar.fileBytes(1000, HOME));
            assertThat(store.freeBytes()).isEqualTo(4 * MIB - store.usedBytes());
        }
    }

    @Test
    void takesTheFirstTierWithRoom() {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        try (BlockStore store = store(buffers, ssd(first, 2 * MIB), ssd(second, 8 * MIB))) {
            for (int i = 1; i <= 3; i++) {
                put(store, id(i), 0, content);
            }
            assertThat(store.list().stream().filter(block -> block.path().startsWith(first)))
                    .hasSize(1);
            assertThat(store.list().stream().filter(block -> block.path().startsWith(second)))
                    .hasSize(2);
            assertThat(store.capacityBytes()).isEqualTo(10 * MIB);
        }
    }

    @Test
    void memoryHoldsOnlyWhatAsksForNothingMore() {
        TierConfig memory = new TierConfig(Medium.MEM, directory.resolve("mem"), Optional.of(DataSize.ofMebibytes(8)));
        try (BlockStore store = store(buffers, memory)) {
            putSome(store, id(1), Durability.MEMORY);
            for (Durability more : List.of(Durability.PROCESS, Durability.POWER)) {
                assertNoSpace(() -> store.create(id(2), 0, HOME, more, 10)).hasMessageContaining("tiers=[]");
            }
        }
        try (BlockStore store = store(buffers, memory, ssd(directory.resolve("ssd"), 8 * MIB))) {
            putSome(store, id(2), Durability.POWER);
            assertThat(store.find(id(1)).orElseThrow().path().toString()).contains("/mem/");
            assertThat(store.find(id(2)).orElseThrow().path().toString()).contains("/ssd/");
        }
    }

    @Test
    void leavesTheReserveFree() {
        try (BlockStore store = LocalBlockStore.open(List.of(ssd(directory)), Reserve.ofPercent(100), buffers, null)) {
            assertThat(store.freeBytes()).isZero();
            assertThat(store.capacityBytes()).isZero();
            assertNoSpace(() -> store.create(id(1), 0, HOME, Durability.PROCESS, 1))
                    .hasMessageContaining("reserve_free=100");
        }
    }

    @Test
    void aFullDiskFailsTheWriteKeepsTheRestAndGivesTheRoomBack() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("disk"));
        assumeTrue(command("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString()), "needs root to mount");
        try {
            fillDisk(disk);
        } finally {
            assertThat(command("umount", disk.toString())).isTrue();
        }
    }

    private void fillDisk(Path disk) throws IOException {
        try (BlockStore store = store(buffers, ssd(disk))) {
            put(store, id(1), 0, content);
            BlockWriter writer = store.create(id(2), 0, HOME, Durability.POWER, 6 * MIB);
            writer.write(ByteBuffer.wrap(content));
            // Somebody else takes what was promised.
            Path stranger = Files.write(disk.resolve("stranger"), new byte[5 * MIB]);

            assertNoSpace(() -> {
                for (int i = 0; i < 6; i++) {
                    writer.write(ByteBuffer.wrap(content));
                }
            });
            assertNoSpace(writer::seal).hasMessageContaining("cannot go on after an error");
            writer.close();
            assertNoSpace(() -> store.create(id(3), 0, HOME, Durability.POWER, 6 * MIB));
            assertThat(read(store, id(1), 0)).isEqualTo(content);

            Files.delete(stranger);
            put(store, id(3), 0, Blocks.bytes(new Random(3), 5 * MIB));
            assertThat(store.blocks()).isEqualTo(2);
        }
    }

    /** Blocks may have what near copies take, and these only what nobody has; together they never pass the capacity. */
    @Test
    void nearCopiesTakeOnlyWhatIsLeftAndGiveItBack() {
        Seed seed = Seed.next(TierSpaceTest.class);
        Random random = seed.random();
        TierSpace space = new TierSpace(1000);
        long held = 0;
        long promised = 0;
        long near = 0;
        long nearPromised = 0;
        for (int step = 0; step < 20_000; step++) {
            long bytes = 1 + random.nextLong(300);
            long spare = 800 - held - near + random.nextInt(400);
            long left = Math.max(0, Math.min(1000 - held - near, spare) - promised - nearPromised);
            switch (random.nextInt(7)) {
                case 0, 1 -> {
                    long missing = space.promise(bytes, spare);
                    assertThat(missing == 0).as("%s", seed).isEqualTo(bytes <= left);
                    assertThat(missing == TierSpace.NEVER).isEqualTo(bytes - left > near + nearPromised);
                    promised += missing == 0 ? bytes : 0;
                    assertThat(missing).isIn(0L, TierSpace.NEVER, bytes - left);
                }
                case 2, 3 -> {
                    boolean given = space.promiseNear(bytes, 500, 50, spare);
                    assertThat(given).isEqualTo(bytes <= 500 - near - nearPromised && bytes <= left - 50);
                    nearPromised += given ? bytes : 0;
                }
                case 4 -> {
                    space.used(promised);
                    space.nearUsed(nearPromised);
                    held += promised;
                    near += nearPromised;
                    promised = 0;
                    nearPromised = 0;
                }
                case 5 -> {
                    long gone = random.nextLong(near + 1);
                    space.nearGone(gone);
                    near -= gone;
                    space.nearReleased(nearPromised);
                    nearPromised = 0;
                }
                default -> {
                    long gone = random.nextLong(held + 1);
                    space.gone(gone);
                    held -= gone;
                    space.release(promised);
                    promised = 0;
                }
            }
            assertThat(held + promised + near + nearPromised).as("%s", seed).isLessThanOrEqualTo(1000);
            assertThat(near + nearPromised).isLessThanOrEqualTo(500);
            assertThat(space.heldBytes()).isEqualTo(held);
            assertThat(space.nearBytes()).isEqualTo(near);
            assertThat(space.room(spare)).isEqualTo(Math.max(0, Math.min(1000 - held, spare + near) - promised));
        }
    }

    private static void putSome(BlockStore store, BlockId id, Durability durability) {
        try (BlockWriter writer = store.create(id, 0, HOME, durability, 10)) {
            writer.write(ByteBuffer.allocate(10));
            writer.seal();
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertNoSpace(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOfSatisfying(GridException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.NO_SPACE));
    }

    private static boolean command(String... words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
    }
}
