package io.swarmgrid.client.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Crc32cTest {
    @Test
    void isTheCastagnoliChecksum() {
        assertThat(of("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xE3069283);
        assertThat(of(new byte[0])).isZero();
    }

    @Test
    void readsBuffersInSeveralPieces() {
        byte[] bytes = random(7, 10_000);
        ByteBuf pieces = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(bytes, 0, 1), Unpooled.directBuffer().writeBytes(bytes, 1, 9_999));
        assertThat(Crc32c.of(pieces)).isEqualTo(of(bytes));
        assertThat(pieces.readableBytes()).isEqualTo(10_000);
        pieces.release();
    }

    @Test
    void combinesToWhatTheWholeHas() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            byte[] whole = random(random.nextLong(), random.nextInt(100_000));
            int cut = whole.length == 0 ? 0 : random.nextInt(whole.length + 1);
            int first = of(Arrays.copyOfRange(whole, 0, cut));
            int second = of(Arrays.copyOfRange(whole, cut, whole.length));
            assertThat(Crc32c.combine(first, second, whole.length - cut))
                    .as("seed=%s round=%s", seed, round)
                    .isEqualTo(of(whole));
        }
    }

    private static int of(byte[] bytes) {
        return Crc32c.of(Unpooled.wrappedBuffer(bytes));
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }
}
