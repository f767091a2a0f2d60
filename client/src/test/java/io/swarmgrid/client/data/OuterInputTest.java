package io.swarmgrid.client.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of outer stores, whose parts are lent as far as they are near, which changes while they are read. */
class OuterInputTest {
    private static final int PART = FileDoor.LENT_BYTES;

    @TempDir
    private Path directory;

    private final byte[] content = new byte[3 * PART];
    private FileDoor door;
    private GridClient client;
    private FileInput input;

    @BeforeEach
    void open() throws IOException {
        new Random(5).nextBytes(content);
        door = new FileDoor();
        door.content = content;
        client = GridClient.connect(List.of(door.address()), ClientOptions.DEFAULT);
        input = FileInput.open(
                client,
                new FileStatus("/x/a", EntryKind.FILE, -7, content.length, 1, 1, 2, "local", 1, "sealed", null));
    }

    @AfterEach
    void close() {
        input.close();
        client.close();
        door.close();
    }

    private void lend() throws IOException {
        List<Path> parts = new ArrayList<>();
        for (int from = 0; from < content.length; from += PART) {
            parts.add(Files.write(
                    directory.resolve(Integer.toString(from)), Arrays.copyOfRange(content, from, from + PART)));
        }
        door.lent = parts;
    }

    private void read(int from) {
        ByteBuffer some = ByteBuffer.allocate(4096);
        input.readAt(from, some);
        assertThat(some.array()).isEqualTo(Arrays.copyOfRange(content, from, from + 4096));
    }

    private void readAll() {
        ByteBuffer all = ByteBuffer.allocate(content.length);
        input.seek(0);
        while (all.hasRemaining()) {
            input.read(all);
        }
        assertThat(Arrays.equals(all.array(), content)).isTrue();
    }

    @Test
    void whoReadsHereAndThereHasNoMoreLentThanThat() throws IOException {
        lend();
        read(5000);
        read(9000);
        assertThat(door.loans).extracting(FileRead::lengthBytes).containsExactly(4096L);
        read(2 * PART);
        assertThat(door.loans)
                .as("it goes on where the parts end that were lent")
                .extracting(FileRead::lengthBytes)
                .containsExactly(4096L, 8192L);
        assertThat(door.reads).isEmpty();
    }

    @Test
    void whoReadsInOrderHasAllLent() throws IOException {
        lend();
        readAll();
        assertThat(door.loans.get(0).lengthBytes()).isEqualTo(content.length);
        assertThat(door.reads).isEmpty();
    }

    @Test
    void whatWasSentIsLentTheNextTime() throws IOException {
        readAll();
        assertThat(door.reads).hasSize(1);
        lend();
        readAll();
        assertThat(door.reads).hasSize(1);
    }

    @Test
    void asksLessAndLessOftenWhereNothingIsNear() throws IOException {
        IntStream.range(0, 200).forEach(i -> read(i * 100_000));
        assertThat(door.reads).hasSize(200);
        assertThat(door.loans).hasSizeBetween(5, 10);
        lend();
        IntStream.range(0, 64).forEach(i -> read(i * 100_000));
        int sent = door.reads.size();
        IntStream.range(0, 64).forEach(i -> read(i * 100_000));
        assertThat(door.reads).hasSize(sent);
    }
}
