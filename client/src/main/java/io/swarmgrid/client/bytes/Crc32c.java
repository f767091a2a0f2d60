package io.swarmgrid.client.bytes;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli) of buffers, and of what they are together without reading them again. */
public final class Crc32c {
    /*
     * combine() works in the ring of polynomials over GF(2) modulo the CRC's generator, bits reflected: the checksum of
     * A followed by B is crc(A) * x^(8 * length of B) + crc(B), since pre- and post-conditioning cancel out. SQUARES
     * holds x^(2^k), so that the power takes one multiplication for each bit of the length.
     * See Mark Adler's account of crc32_combine in zlib.
     */
    private static final int GENERATOR = 0x82F63B78;

    private static final int ONE = 1 << 31;
    private static final int[] SQUARES = squares();

    private Crc32c() {}

    /** Over the readable bytes; the buffer is left as it was. */
    public static int of(ByteBuf bytes) {
        CRC32C crc = new CRC32C();
        if (bytes.nioBufferCount() == 1) {
            crc.update(bytes.nioBuffer());
        } else {
            for (ByteBuffer piece : bytes.nioBuffers()) {
                crc.update(piece);
            }
        }
        return (int) crc.getValue();
    }

    /** Of {@code first} bytes followed by {@code second} bytes, given the checksum of each and the length of the second. */
    public static int combine(int first, int second, long secondLengthBytes) {
        return multiply(power(secondLengthBytes), first) ^ second;
    }

    /** x^(8 * bytes). */
    private static int power(long bytes) {
        int product = ONE;
        int k = 3;
        for (long left = bytes; left != 0; left >>>= 1) {
            if ((left & 1) != 0) {
                product = multiply(SQUARES[k & 31], product);
            }
            k++;
        }
        return product;
    }

    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ GENERATOR : shifted >>> 1;
        }
        return product;
    }

    private static int[] squares() {
        int[] squares = new int[32];
        squares[0] = ONE >>> 1;
        for (int k = 1; k < 32; k++) {
            squares[k] = multiply(squares[k - 1], squares[k - 1]);
        }
        return squares;
    }
}
