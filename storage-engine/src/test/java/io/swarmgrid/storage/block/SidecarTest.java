package io.swarmgrid.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarTest {
    private static final int SPANS = 3;

    @TempDir
    private Path directory;

    private final int[] spans = {1, -2, 0x7fffffff};
    private final Sidecar sidecar = new Sidecar(
            new BlockId(0x1234),
            7,
            SPANS * 65536L - 5,
            0xcafe,
            Durability.PROCESS,
            new WayHome(9, "/a/ä", 1 << 20),
            true);

    @Test
    void readsWhatItWrote() throws IOException {
        Path file = write(bytes());

        assertThat(Sidecar.readHead(file)).isEqualTo(sidecar);
        assertThat(Sidecar.readSpans(file)).containsExactly(spans);
        assertThat(Files.size(file)).isEqualTo(Sidecar.fileBytes(sidecar.lengthBytes(), sidecar.home()));
    }

    @Test
    void noticesEveryFlippedBit() throws IOException {
        byte[] good = bytes();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            Path file = write(bad);

            assertThatThrownBy(() -> Sidecar.readSpans(file)).as("bit %d", bit).satisfies(SidecarTest::isRefused);
        }
    }

    @Test
    void noticesEveryTruncation() throws IOException {
        byte[] good = bytes();
        for (int length = 0; length < good.length; length++) {
            Path file = write(java.util.Arrays.copyOf(good, length));

            assertThatThrownBy(() -> Sidecar.readSpans(file))
                    .as("length %d", length)
                    .isInstanceOf(Sidecar.DamagedException.class);
        }
    }

    @Test
    void saysWhenANewerVersionWroteIt() throws IOException {
        byte[] newer = bytes();
        newer[5] = 2;
        Path file = write(newer);

        assertThatThrownBy(() -> Sidecar.readHead(file))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessage("a newer version wrote " + file + ": format=2, known=1");
    }

    @Test
    void checksumsDoNotDependOnHowTheBytesCame() {
        Seed seed = Seed.next(SidecarTest.class);
        Random random = seed.random();
        byte[] content = Blocks.bytes(random, 3 * SpanChecksums.SPAN_BYTES + random.nextInt(100_000));
        SpanChecksums checksums = new SpanChecksums();
        for (int from = 0; from < content.length; ) {
            int length = Math.min(1 + random.nextInt(90_000), content.length - from);
            checksums.add(
                    random.nextBoolean()
                            ? ByteBuffer.wrap(content, from, length)
                            : ByteBuffer.allocateDirect(length)
                                    .put(content, from, length)
                                    .flip());
            from += length;
        }

        assertThat(checksums.whole()).as("%s", seed).isEqualTo(crc(content, 0, content.length));
        int[] parts = checksums.spans();
        assertThat(parts).as("%s", seed).hasSize(SpanChecksums.count(content.length));
        for (int i = 0; i < parts.length; i++) {
            int from = i * SpanChecksums.SPAN_BYTES;
            int length = Math.min(SpanChecksums.SPAN_BYTES, content.length - from);
            assertThat(parts[i]).as("%s, span %d", seed, i).isEqualTo(crc(content, from, length));
        }
    }

    private static void isRefused(Throwable thrown) {
        boolean newer = thrown instanceof GridException grid && grid.code() == ErrorCode.PRECONDITION_FAILED;
        assertThat(newer || thrown instanceof Sidecar.DamagedException)
                .as("%s", thrown)
                .isTrue();
    }

    private static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private byte[] bytes() {
        ByteBuffer encoded = sidecar.encode(spans);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("block.meta"), bytes);
    }
}
