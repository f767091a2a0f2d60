package io.swarmgrid.client.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.LentBlock;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTransferTest {
    private static final FileRead WHOLE = new FileRead("/a", null, null);
    private static final FilePut PUT = new FilePut("/a", null, null, null, null);

    private static final int LARGE_BYTES = 30_000_000;
    private static final int DAMAGED_BLOCK = 2;

    private final byte[] content = new byte[3_000_000];
    private FileDoor door;
    private FileDoor other;

    @BeforeEach
    void open() throws IOException {
        new Random(7).nextBytes(content);
        door = new FileDoor();
        other = new FileDoor();
        door.content = content;
        other.content = content;
    }

    @AfterEach
    void close() {
        door.close();
        other.close();
    }

    @Test
    void getsAFileWhereOneNodeRefuses() throws IOException {
        assertThat(get("127.0.0.1:1", door.address())).isEqualTo(content);
    }

    @Test
    void goesOnAtTheByteReachedWhereANodeIsKilled() throws IOException {
        try (CutProxy dying = new CutProxy(door.port(), 1_000_000)) {
            assertThat(get(dying.address(), other.address())).isEqualTo(content);
            assertThat(dying.wasCut()).isTrue();
        }
        assertThat(other.reads).singleElement().satisfies(read -> {
            long offset = Objects.requireNonNull(read.offset());
            assertThat(offset).isBetween(1L, 1_000_000L);
            assertThat(read.lengthBytes()).isEqualTo(content.length - offset);
        });
    }

    @Test
    void doesNotGoOnWithAnotherVersionOfTheFile() throws IOException {
        other.version = 2;
        try (CutProxy dying = new CutProxy(door.port(), 1_000_000)) {
            GridException error =
                    catchThrowableOfType(GridException.class, () -> get(dying.address(), other.address()));

            assertThat(error.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
            assertThat(error).hasMessage("changed while it was read: /a");
        }
    }

    @Test
    void readsALargeFileFromTheBlocksOfThisMachine(@TempDir Path directory) throws IOException {
        byte[] large = lend(directory);

        assertThat(get(door.address())).isEqualTo(large);

        assertThat(door.reads).hasSize(1);
        assertThat(door.loans).isNotEmpty().allMatch(loan -> Objects.equals(loan.id(), 7L));
    }

    @Test
    void asksTheNodeWhereABlockOfThisMachineIsDamaged(@TempDir Path directory) throws IOException {
        byte[] large = lend(directory);
        int at = DAMAGED_BLOCK * FileDoor.LENT_BYTES + 5_000_000;
        try (FileChannel block = FileChannel.open(door.lent.get(DAMAGED_BLOCK), StandardOpenOption.WRITE)) {
            block.write(ByteBuffer.wrap(new byte[] {(byte) ~large[at]}), 5_000_000);
        }

        assertThat(get(door.address())).isEqualTo(large);

        int span = at / LentBlock.SPAN_BYTES * LentBlock.SPAN_BYTES;
        assertThat(door.reads).hasSize(2);
        assertThat(door.reads.get(1).offset()).isBetween((long) span - (1 << 20), (long) span);
        assertThat(door.reads.get(1).id()).isEqualTo(7L);
    }

    @Test
    void leavesItAtOneCallWhereTheFileIsSmallOrNothingIsLent() throws IOException {
        get(door.address());
        assertThat(door.loans).as("of 3 MB").isEmpty();
        door.content = new byte[LARGE_BYTES];
        get(door.address());
        assertThat(door.loans).hasSize(1);
        assertThat(door.reads).hasSize(2);
    }

    /** Blocks of a file on the door's machine, which is this one. */
    private byte[] lend(Path directory) throws IOException {
        byte[] large = new byte[LARGE_BYTES];
        new Random(7).nextBytes(large);
        List<Path> blocks = new ArrayList<>();
        for (int from = 0; from < large.length; from += FileDoor.LENT_BYTES) {
            Path block = directory.resolve(Integer.toString(from));
            int end = Math.min(large.length, from + FileDoor.LENT_BYTES);
            blocks.add(Files.write(block, Arrays.copyOfRange(large, from, end)));
        }
        door.content = large;
        door.lent = blocks;
        return large;
    }

    @Test
    void tellsWhatTheGridAnswers() {
        try (GridClient client = client(door.address())) {
            assertThatThrownBy(() -> new FileTransfer(client)
                            .get(
                                    new FileRead("/a", content.length + 1L, null),
                                    Channels.newChannel(new ByteArrayOutputStream()),
                                    bytes -> {}))
                    .isInstanceOf(GridException.class)
                    .hasMessage("past the end");
        }
    }

    @Test
    void putsAStream() throws IOException {
        AtomicLong sent = new AtomicLong();
        try (GridClient client = client("127.0.0.1:1", door.address())) {
            assertThat(new FileTransfer(client)
                            .put(PUT, -1, stream(), sent::addAndGet)
                            .sizeBytes())
                    .isEqualTo(content.length);
        }
        assertThat(sent).hasValue(content.length);
        assertThat(door.stored).singleElement().isEqualTo(content);
        assertThat(door.puts.get(0).file().putId()).hasSize(36);
    }

    @Test
    void putsALocalFileAgainWhereANodeBreaksOff(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("model.bin"), content);
        door.putsToBreak.set(1);
        AtomicLong sent = new AtomicLong();
        try (GridClient client = client(door.address());
                FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            new FileTransfer(client).put(PUT, content.length, source, sent::addAndGet);
        }
        assertThat(sent).hasValue(content.length);
        assertThat(door.stored).singleElement().isEqualTo(content);
        assertThat(door.puts).hasSize(2);
        assertThat(door.puts.get(0)).isEqualTo(door.puts.get(1));
    }

    @Test
    void putsAStreamAgainWhereANodeBreaksOff() throws IOException {
        door.putsToBreak.set(1);
        try (GridClient client = client(door.address())) {
            new FileTransfer(client).put(PUT, -1, stream(), bytes -> {});
        }
        assertThat(door.stored).singleElement().isEqualTo(content);
        assertThat(door.puts).hasSize(2);
    }

    @Test
    void saysThatNothingWasStoredWhereAStreamBreaksOff() {
        door.putsToBreak.set(Integer.MAX_VALUE);
        // More than what may be on its way, so that the end cannot have been sent.
        ReadableByteChannel large = Channels.newChannel(new ByteArrayInputStream(new byte[40_000_000]));
        try (GridClient client = client(door.address())) {
            GridException error = catchThrowableOfType(
                    GridException.class, () -> new FileTransfer(client).put(PUT, -1, large, bytes -> {}));

            assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(error).hasMessageStartingWith("nothing was stored, the put broke off after ");
        }
        assertThat(door.stored).isEmpty();
    }

    @Test
    void doesNotGuessTheOutcomeWhereTheAnswerWasLost() {
        door.answersToLose.set(Integer.MAX_VALUE);
        try (GridClient client = client(door.address())) {
            GridException error = catchThrowableOfType(
                    GridException.class, () -> new FileTransfer(client).put(PUT, -1, stream(), bytes -> {}));

            assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
            assertThat(error).hasMessageStartingWith("may have been stored: /a: ");
        }
    }

    @Test
    void doesNotForgetThatAnEarlierAnswerWasLost(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("model.bin"), content);
        door.answersToLose.set(1);
        door.putsToBreakAfterLoss = Integer.MAX_VALUE;
        try (GridClient client = client(door.address());
                FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            GridException error = catchThrowableOfType(
                    GridException.class, () -> new FileTransfer(client).put(PUT, content.length, source, bytes -> {}));

            assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
            assertThat(error).hasMessageStartingWith("may have been stored: /a: ");
            assertThat(error.hint())
                    .contains("with put_id " + door.puts.get(0).file().putId());
        }
        assertThat(door.puts).hasSizeGreaterThanOrEqualTo(3);
        assertThat(door.stored).hasSize(1);
    }

    private byte[] get(String... addresses) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GridClient client = client(addresses)) {
            long count = new FileTransfer(client).get(WHOLE, Channels.newChannel(bytes), progress -> {});
            assertThat(count).isEqualTo(bytes.size());
        }
        return bytes.toByteArray();
    }

    private ReadableByteChannel stream() {
        return Channels.newChannel(new ByteArrayInputStream(Arrays.copyOf(content, content.length)));
    }

    private static GridClient client(String... addresses) {
        return GridClient.connect(List.of(addresses), ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(2)));
    }
}
