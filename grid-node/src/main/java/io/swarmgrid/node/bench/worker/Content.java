package io.swarmgrid.node.bench.worker;

import java.io.IOException;
import java.util.SplittableRandom;

/** So many bytes that no disk can make less of. */
public final class Content {
    /** How much is handed over at once. */
    private static final int PIECE_BYTES = 1 << 20;

    private static final int PIECES = 8;

    private final byte[] pattern;
    private final long sizeBytes;

    /** What takes the bytes: an output stream's {@code write}, for one. */
    public interface Sink {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    Content(long sizeBytes) {
        this.sizeBytes = sizeBytes;
        this.pattern = new byte[PIECES * PIECE_BYTES];
        new SplittableRandom(7).nextBytes(pattern);
    }

    public void writeTo(Sink sink) throws IOException {
        int at = 0;
        for (long left = sizeBytes; left > 0; left -= PIECE_BYTES) {
            sink.write(pattern, at, (int) Math.min(left, PIECE_BYTES));
            at = (at + PIECE_BYTES) % pattern.length;
        }
    }
}
