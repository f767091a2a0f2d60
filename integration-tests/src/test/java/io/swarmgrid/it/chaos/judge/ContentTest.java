package io.swarmgrid.it.chaos.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContentTest {
    private final byte[] one = new Content(1, 5_000).bytes();
    private final byte[] two = new Content(2, 300).bytes();

    @Test
    void isRecognizedAloneAndInARow() {
        assertThat(Content.seen(one)).isEqualTo(new Effect.Saw(Version.of(1)));
        assertThat(Content.seen(joined(one, two))).isEqualTo(new Effect.Saw(new Version(List.of(1L, 2L))));
    }

    @Test
    void showsEveryFlippedBitAndEveryLackingByte() {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] flipped = joined(one, two);
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            // A flipped bit of the id makes another content of it, whose bytes are others.
            assertThat(Content.seen(flipped)).as("seed %s", seed).isInstanceOf(Effect.SawTorn.class);
            int length = random.nextInt(one.length);
            assertThat(Content.seen(Arrays.copyOf(one, length)))
                    .as("seed %s, length %s", seed, length)
                    .isInstanceOf(Effect.SawTorn.class);
        }
    }

    @Test
    void showsWhatIsMixedOrBlank() {
        byte[] mixed = one.clone();
        System.arraycopy(new Content(3, 5_000).bytes(), 2_000, mixed, 2_000, 1_000);

        assertThat(Content.seen(mixed))
                .isEqualTo(new Effect.SawTorn("content 1 is wrong at its byte 2000: piece at 0 of 5000 bytes"));
        assertThat(Content.seen(new byte[100])).isInstanceOf(Effect.SawTorn.class);
        assertThat(Content.seen(new byte[0])).isInstanceOf(Effect.SawTorn.class);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
