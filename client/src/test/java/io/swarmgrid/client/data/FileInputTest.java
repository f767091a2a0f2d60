package io.swarmgrid.client.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FileInputTest {
    private static final long SEED = Long.getLong("swarm.test.seed", 11);

    private final byte[] content = new byte[3_000_000];
    private FileDoor door;

    @BeforeEach
    void open() throws IOException {
        new Random(SEED).nextBytes(content);
        door = new FileDoor();
        door.content = content;
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void readsAFileFromFrontToBackByOneCall() {
        try (GridClient client = client(door.address());
                FileInput input = FileInput.open(client, status())) {
            assertThat(drain(input, 70_001)).isEqualTo(content);
            assertThat(input.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(door.reads).hasSize(1);
        assertThat(door.reads.get(0).id()).isEqualTo(7);
    }

    @Test
    void asksForLittleAfterASeekAndForMoreAsTheReadGoesOn() {
        try (GridClient client = client(door.address());
                FileInput input = FileInput.open(client, status())) {
            input.read(ByteBuffer.allocate(10));
            input.seek(2_000_000);
            input.read(ByteBuffer.allocate(10));
            input.seek(1_000_000);
            byte[] rest = drain(input, 100_000);
            assertThat(rest).isEqualTo(Arrays.copyOfRange(content, 1_000_000, content.length));
        }
        assertThat(door.reads.stream().map(read -> read.lengthBytes()).toList())
                .containsExactly(3_000_000L, 262_144L, 262_144L, 524_288L, 1_048_576L, 164_992L);
    }

    /** As readers of Parquet do: the length of the footer, the footer, and then what it tells of. */
    @Test
    void asksOnceForAFooterWhateverItsLength() {
        int size = content.length;
        try (GridClient client = client(door.address());
                FileInput input = FileInput.open(client, status())) {
            assertThat(readAt(input, size - 8, 8)).isEqualTo(Arrays.copyOfRange(content, size - 8, size));
            assertThat(readAt(input, size - 200_000, 199_992))
                    .isEqualTo(Arrays.copyOfRange(content, size - 200_000, size - 8));
            assertThat(input.read(ByteBuffer.allocate(100))).as("what is left").isEqualTo(8);
            assertThat(input.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(door.reads).hasSize(1);
            assertThat(readAt(input, 4, 50_000)).isEqualTo(Arrays.copyOfRange(content, 4, 50_004));
            assertThat(readAt(input, size - 8, 8)).isEqualTo(Arrays.copyOfRange(content, size - 8, size));
        }
        assertThat(door.reads.stream().map(FileRead::lengthBytes)).containsExactly(262_144L, 262_144L);
    }

    @Test
    void asksForAllOfASmallFileWhoseFooterIsRead() {
        door.content = Arrays.copyOf(content, 5_000);
        try (GridClient client = client(door.address());
                FileInput input = FileInput.open(client, status(5_000))) {
            assertThat(readAt(input, 4_992, 8)).isEqualTo(Arrays.copyOfRange(content, 4_992, 5_000));
            assertThat(readAt(input, 0, 5_000)).isEqualTo(door.content);
        }
        assertThat(door.reads.stream().map(FileRead::lengthBytes)).containsExactly(5_000L);
    }

    @Test
    void asksForLittleAtOnceWhereSinglePlacesAreExpected() {
        try (GridClient client = client(door.address());
                FileInput input = FileInput.open(client, status())) {
            input.expectRandom();
            input.read(ByteBuffer.allocate(10));
        }
        assertThat(door.reads.stream().map(FileRead::lengthBytes)).containsExactly(262_144L);
    }

    @Test
    void readsOverAShortWayForward() {
        try (GridClient client = client(door.address());
                FileInput input = FileInput.open(client, status())) {
            input.read(ByteBuffer.allocate(10));
            input.seek(400_000);
            ByteBuffer target = ByteBuffer.allocate(5);
            input.read(target);
            assertThat(target.array()).isEqualTo(Arrays.copyOfRange(content, 400_000, 400_005));
        }
        assertThat(door.reads).hasSize(1);
    }

    @Test
    void readsWhatAnArrayHoldsAtRandomPlaces() {
        Random random = new Random(SEED);
        try (GridClient client = client(door.address());
                FileInput input = FileInput.open(client, status())) {
            for (int i = 0; i < 200; i++) {
                int at = random.nextInt(content.length);
                ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(Math.min(200_000, content.length - at)));
                if (random.nextInt(3) == 0) {
                    input.readAt(at, target);
                } else {
                    if (random.nextBoolean()) {
                        at = (int) Math.min(at, input.position() + 1000);
                    }
                    input.seek(at);
                    while (target.hasRemaining() && input.read(target) > 0) {
                        assertThat(input.position()).isEqualTo(at + target.position());
                    }
                }
                assertThat(Arrays.copyOf(target.array(), target.position()))
                        .as("seed=%d step=%d", SEED, i)
                        .isEqualTo(Arrays.copyOfRange(content, at, at + target.position()));
                if (random.nextInt(20) == 0) {
                    input.unbuffer();
                }
            }
        }
    }

    @Test
    void goesOnAtAnotherNode() throws IOException {
        try (CutProxy dying = new CutProxy(door.port(), 1_000_000);
                FileDoor other = new FileDoor()) {
            other.content = content;
            try (GridClient client = client(dying.address(), other.address());
                    FileInput input = FileInput.open(client, status())) {
                assertThat(drain(input, 100_000)).isEqualTo(content);
                assertThat(dying.wasCut()).isTrue();
            }
        }
    }

    /** It keeps its connection and sends nothing, as a process that is stopped does. */
    @Test
    void goesOnAtAnotherNodeWhereOneFallsSilent() throws IOException {
        door.silentFromByte = 1_000_000;
        try (FileDoor other = new FileDoor()) {
            other.content = content;
            try (GridClient client = impatient(door.address(), other.address());
                    FileInput input = FileInput.open(client, status())) {
                assertThat(drain(input, 100_000)).isEqualTo(content);
            }
            assertThat(other.reads).singleElement().satisfies(read -> assertThat(read.offset())
                    .isEqualTo(1_000_000L));
        }
    }

    @Test
    void namesTheNodesWhereAllFallSilent() throws IOException {
        door.silentFromByte = 1_000_000;
        try (FileDoor other = new FileDoor()) {
            other.content = content;
            other.silentFromByte = 0;
            try (GridClient client = impatient(door.address(), other.address());
                    FileInput input = FileInput.open(client, status())) {
                assertThatThrownBy(() -> drain(input, 100_000))
                        .isInstanceOf(GridException.class)
                        .hasMessageStartingWith("cannot read on: /a after 1000000 bytes, tried for ")
                        .hasMessageContaining(door.address())
                        .hasMessageContaining(other.address());
            }
        }
    }

    @Test
    void refusesPlacesThatAreNotInTheFile() {
        try (GridClient client = client(door.address());
                FileInput input = FileInput.open(client, status())) {
            assertThatThrownBy(() -> input.seek(3_000_001))
                    .isInstanceOf(GridException.class)
                    .hasMessage("cannot seek: position=3000001 of 3000000, path=/a");
            assertThatThrownBy(() -> input.readAt(2_999_999, ByteBuffer.allocate(2)))
                    .isInstanceOf(GridException.class)
                    .hasMessage("cannot read past the end: offset=2999999, length=2 of 3000000, path=/a");
        }
        assertThat(door.reads).isEmpty();
    }

    @Test
    void writesWhatIsSmallAgainWhereANodeDies() {
        door.putsToBreak.set(1);
        try (GridClient client = client(door.address());
                FileOutput output = new FileOutput(client, new FilePut("/a", true, null, null, null))) {
            output.write(content, 0, 100_000);
            assertThat(output.commit().sizeBytes()).isEqualTo(100_000);
        }
        assertThat(door.puts).hasSize(2);
        assertThat(door.puts.get(0)).isEqualTo(door.puts.get(1));
        assertThat(door.stored).singleElement().isEqualTo(Arrays.copyOf(content, 100_000));
    }

    @Test
    void writesWhatIsLargeAsItComes() {
        try (GridClient client = client(door.address());
                FileOutput output = new FileOutput(client, new FilePut("/a", true, null, null, null))) {
            for (int at = 0; at < content.length; at += 300_000) {
                output.write(content, at, 300_000);
            }
            assertThat(output.position()).isEqualTo(content.length);
            output.commit();
        }
        assertThat(door.stored).singleElement().isEqualTo(content);
    }

    private FileStatus status() {
        return status(content.length);
    }

    private static FileStatus status(long sizeBytes) {
        return new FileStatus("/a", EntryKind.FILE, 7, sizeBytes, 1, 1, 2, "local", 2, "sealed", null);
    }

    private static byte[] drain(FileInput input, int step) {
        ByteBuffer all = ByteBuffer.allocate((int) (input.file().sizeBytes() - input.position()));
        while (all.hasRemaining()) {
            ByteBuffer some = all.slice(all.position(), Math.min(step, all.remaining()));
            int count = input.read(some);
            all.position(all.position() + count);
        }
        return all.array();
    }

    private static byte[] readAt(FileInput input, long from, int length) {
        input.seek(from);
        ByteBuffer all = ByteBuffer.allocate(length);
        while (all.hasRemaining()) {
            input.read(all);
        }
        return all.array();
    }

    private static GridClient impatient(String... addresses) {
        return GridClient.connect(List.of(addresses), ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(4)));
    }

    private static GridClient client(String... addresses) {
        return GridClient.connect(List.of(addresses), ClientOptions.DEFAULT);
    }
}
