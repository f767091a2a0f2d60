package io.swarmgrid.client.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBlockTest {
    private static final int SPAN = LentBlock.SPAN_BYTES;
    private static final int LENGTH = 5 * SPAN + 1234;
    /** Where the block begins in its file. */
    private static final long OFFSET = 10L * SPAN;

    @TempDir
    private Path directory;

    private final CheckedSpans all = new CheckedSpans();
    private final byte[] content = new byte[LENGTH];
    private Path file;

    @BeforeEach
    void write() throws IOException {
        new SplittableRandom(42).nextBytes(content);
        file = Files.write(directory.resolve("block"), content);
    }

    @Test
    void readsAnyRangeWhateverOfItWasCheckedBefore() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 20; round++) {
            CheckedSpans none = new CheckedSpans();
            LocalBlock block = open(none);
            for (int i = 0; i < 50; i++) {
                int from = random.nextInt(LENGTH);
                int length = random.nextInt(Math.min(LENGTH - from, 3 * SPAN) + 1);
                assertThat(read(block, from, length))
                        .as("from %s, length %s", from, length)
                        .isEqualTo(Arrays.copyOfRange(content, from, from + length));
            }
            assertThat(read(block, LENGTH, 0)).isEmpty();
            block.release();
        }
    }

    @Test
    void neverReadsWhatDoesNotFit() throws IOException {
        flip(2 * SPAN + 17);
        LocalBlock block = open(all);
        assertThat(read(block, 0, 2 * SPAN)).isEqualTo(Arrays.copyOf(content, 2 * SPAN));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> block.read(OFFSET + 2 * SPAN - 1, 2))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("checksum does not fit at " + 2 * SPAN);
            assertThatThrownBy(() -> block.read(OFFSET + SPAN, 3 * SPAN)).hasMessageContaining("checksum does not fit");
            assertThatThrownBy(() -> block.read(OFFSET + 3 * SPAN - 1, 2))
                    .hasMessageContaining("checksum does not fit");
        }
        assertThat(read(block, 3 * SPAN, LENGTH - 3 * SPAN)).isEqualTo(Arrays.copyOfRange(content, 3 * SPAN, LENGTH));
        block.release();
    }

    @Test
    void checksOnceForAllReadersOfAFileThatNobodyHasWrittenTo() throws IOException {
        LocalBlock first = open(all);
        assertThat(read(first, 0, LENGTH)).isEqualTo(content);
        first.release();
        FileTime before = Files.getLastModifiedTime(file);
        flip(SPAN);
        Files.setLastModifiedTime(file, before); // as if it had not been written to
        LocalBlock second = open(all);
        assertThat(read(second, SPAN, 2)).isNotEqualTo(Arrays.copyOfRange(content, SPAN, SPAN + 2));
        second.release();
        LocalBlock other = open(new CheckedSpans());
        assertThatThrownBy(() -> other.read(OFFSET + SPAN, 2)).hasMessageContaining("checksum does not fit");
        other.release();
    }

    @Test
    void checksAnewWhatWasWrittenTo() throws IOException {
        LocalBlock first = open(all);
        assertThat(read(first, 0, LENGTH)).isEqualTo(content);
        first.release();
        flip(SPAN);
        Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 1));
        LocalBlock second = open(all);
        assertThatThrownBy(() -> second.read(OFFSET + SPAN, 2)).hasMessageContaining("checksum does not fit");
        second.release();
    }

    private LocalBlock open(CheckedSpans checked) throws IOException {
        LentBlock lent = new LentBlock(
                OFFSET, OFFSET + LENGTH, LENGTH, file.toString(), MachineId.fileKey(file), checksums(), List.of());
        return LocalBlock.open(lent, "grpc://here:1", MachineId.own().orElseThrow(), checked)
                .orElseThrow();
    }

    private byte[] checksums() {
        int spans = (LENGTH + SPAN - 1) / SPAN;
        ByteBuffer sums = ByteBuffer.allocate(spans * Integer.BYTES);
        for (int span = 0; span < spans; span++) {
            CRC32C crc = new CRC32C();
            crc.update(content, span * SPAN, Math.min(SPAN, LENGTH - span * SPAN));
            sums.putInt((int) crc.getValue());
        }
        return sums.array();
    }

    private static byte[] read(LocalBlock block, int from, int length) throws IOException {
        ByteBuf bytes = block.read(OFFSET + from, length);
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.readBytes(copy).release();
        return copy;
    }

    private void flip(int place) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~content[place]}), place);
        }
    }
}
