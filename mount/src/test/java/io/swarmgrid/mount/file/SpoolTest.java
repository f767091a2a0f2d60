package io.swarmgrid.mount.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final int LIMIT_BYTES = 3 * Spool.MEMORY_BYTES;
    private static final int STEPS = 2_000;
    private static final int STEPS_OF_ONE = 100;

    private final long seed = Long.getLong("swarm.test.seed", System.nanoTime());

    @TempDir
    private Path directory;

    @Test
    void isWhatAnArrayWouldBe() {
        SpoolSpace space = new SpoolSpace(directory, LIMIT_BYTES);
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step += STEPS_OF_ONE) {
            // Some stay in memory, others go to the disk in the middle.
            isWhatAnArrayWouldBe(space, random, 1_000 + random.nextInt(LIMIT_BYTES - 10_000), step);
            assertThat(space.takenBytes()).isZero();
            assertThat(space.memoryBytes()).isZero();
        }
        assertThat(directory).isEmptyDirectory();
    }

    private void isWhatAnArrayWouldBe(SpoolSpace space, Random random, int longest, int firstStep) {
        byte[] model = new byte[0];
        try (Spool spool = Spool.open(space)) {
            for (int step = firstStep; step < firstStep + STEPS_OF_ONE; step++) {
                int at = random.nextInt(longest);
                if (random.nextInt(4) == 0) {
                    model = Arrays.copyOf(model, at);
                    spool.truncate(at);
                } else {
                    byte[] bytes = new byte[random.nextInt(5_000)];
                    random.nextBytes(bytes);
                    if (bytes.length > 0) {
                        model = Arrays.copyOf(model, Math.max(model.length, at + bytes.length));
                        System.arraycopy(bytes, 0, model, at, bytes.length);
                    }
                    spool.write(bytes.length > 0 ? at : 0, ByteBuffer.wrap(bytes));
                }
                ByteBuffer read = ByteBuffer.allocate(LIMIT_BYTES);
                spool.read(0, read);
                assertThat(read.flip()).as("seed %s, step %s", seed, step).isEqualTo(ByteBuffer.wrap(model));
                assertThat(space.takenBytes()).isEqualTo(model.length);
                assertThat(space.memoryBytes()).isBetween(0L, (long) Spool.MEMORY_BYTES);
            }
        }
    }

    @Test
    void goesToTheDiskWhereThereIsNoMoreMemory() {
        SpoolSpace space = new SpoolSpace(directory, LIMIT_BYTES);
        assertThat(space.takeMemory(SpoolSpace.MEMORY_BYTES - 100)).isTrue();
        byte[] content = new byte[1_000];
        new Random(seed).nextBytes(content);
        try (Spool spool = Spool.open(space)) {
            spool.write(0, ByteBuffer.wrap(content, 0, 60));
            assertThat(space.memoryBytes()).isEqualTo(SpoolSpace.MEMORY_BYTES - 40);
            spool.write(60, ByteBuffer.wrap(content, 60, 940));
            assertThat(space.memoryBytes()).isEqualTo(SpoolSpace.MEMORY_BYTES - 100);
            ByteBuffer read = ByteBuffer.allocate(2_000);
            spool.read(0, read);
            assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(content));
        }
        space.giveMemoryBack(SpoolSpace.MEMORY_BYTES - 100);
        assertThat(space.memoryBytes()).isZero();
    }

    @Test
    void refusesMoreThanThereIsRoomForAndKeepsWhatItHas() {
        SpoolSpace space = new SpoolSpace(directory, LIMIT_BYTES);
        try (Spool first = Spool.open(space);
                Spool second = Spool.open(space)) {
            first.write(0, ByteBuffer.allocate(LIMIT_BYTES - 10));
            assertThatThrownBy(() -> second.write(0, ByteBuffer.allocate(11)))
                    .isInstanceOfSatisfying(
                            Refusal.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC))
                    .hasMessageContaining("--spool-size");
            assertThat(second.length()).isZero();
            second.write(0, ByteBuffer.allocate(10));
        }
        assertThat(space.takenBytes()).isZero();
    }

    /** The disk says so itself, long before the bound is reached; {@code /dev/full} is one that always does. */
    @Test
    void saysThatADiskIsFullAndKeepsWhatItHas() {
        Path full = Path.of("/dev/full");
        SpoolSpace space = new SpoolSpace(
                directory,
                10L * LIMIT_BYTES,
                () -> FileChannel.open(full, StandardOpenOption.READ, StandardOpenOption.WRITE));
        byte[] content = new byte[Spool.MEMORY_BYTES];
        new Random(seed).nextBytes(content);
        try (Spool spool = Spool.open(space)) {
            spool.write(0, ByteBuffer.wrap(content));
            assertThatThrownBy(() -> spool.write(content.length, ByteBuffer.allocate(1)))
                    .isInstanceOfSatisfying(
                            Refusal.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC))
                    .hasMessageContaining("No space left on device");
            assertThat(spool.length()).isEqualTo(content.length);
            ByteBuffer read = ByteBuffer.allocate(2 * content.length);
            spool.read(0, read);
            assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(content));
        }
        assertThat(space.takenBytes()).isZero();
        assertThat(space.memoryBytes()).isZero();
    }
}
