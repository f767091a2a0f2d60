package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.judge.Content;
import java.util.Random;

/** Sizes that take every way a file can take: within the metadata, one block, several blocks. */
final class Sizes {
    static final int BLOCK_BYTES = 1 << 20;
    private static final int INLINE_BYTES = 4 << 10;
    private static final int MOST_BLOCKS = 4;

    private Sizes() {}

    static int any(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextInt(Content.HEAD_BYTES, INLINE_BYTES + 1);
            case 1 -> random.nextInt(INLINE_BYTES + 1, BLOCK_BYTES + 1);
            default -> random.nextInt(BLOCK_BYTES + 1, MOST_BLOCKS * BLOCK_BYTES);
        };
    }
}
