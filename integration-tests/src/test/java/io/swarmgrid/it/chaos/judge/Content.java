package io.swarmgrid.it.chaos.judge;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The bytes of one piece: a head that names it, then what follows from its id alone. So whoever reads a file can tell of every
 * byte whether it is right, and what was meant where it is not.
 *
 * @param id unique in the run, above 0
 * @param sizeBytes at least the head
 */
public record Content(long id, int sizeBytes) {
    public static final int HEAD_BYTES = 16;

    private static final int MAGIC = 0x5357_4d31;

    public Content {
        if (id <= 0 || sizeBytes < HEAD_BYTES) {
            throw new IllegalArgumentException("bad content: id=" + id + ", sizeBytes=" + sizeBytes);
        }
    }

    public byte[] bytes() {
        byte[] bytes = new byte[sizeBytes];
        new SplittableRandom(id * 31 + sizeBytes).nextBytes(bytes);
        ByteBuffer.wrap(bytes).putInt(MAGIC).putInt(sizeBytes).putLong(id);
        return bytes;
    }

    /** What a file with these bytes shows: whole pieces, or something torn. */
    public static Effect seen(byte[] bytes) {
        if (bytes.length == 0) {
            return new Effect.SawTorn("a file without a byte");
        }
        List<Long> pieces = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            if (bytes.length - at < HEAD_BYTES) {
                return torn("the head of a piece is cut off", at, bytes.length);
            }
            ByteBuffer head = ByteBuffer.wrap(bytes, at, HEAD_BYTES);
            int magic = head.getInt();
            int sizeBytes = head.getInt();
            long id = head.getLong();
            if (magic != MAGIC || sizeBytes < HEAD_BYTES || id <= 0) {
                return torn("no piece begins here", at, bytes.length);
            }
            if (sizeBytes > bytes.length - at) {
                return torn("content " + id + " of " + sizeBytes + " bytes is cut off", at, bytes.length);
            }
            byte[] right = new Content(id, sizeBytes).bytes();
            int wrong = Arrays.mismatch(bytes, at, at + sizeBytes, right, 0, sizeBytes);
            if (wrong >= 0) {
                return torn("content " + id + " is wrong at its byte " + wrong, at, bytes.length);
            }
            pieces.add(id);
            at += sizeBytes;
        }
        return new Effect.Saw(new Version(pieces));
    }

    private static Effect torn(String what, int at, int length) {
        return new Effect.SawTorn(what + ": piece at " + at + " of " + length + " bytes");
    }
}
