package io.swarmgrid.checkpoint;

import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import java.util.zip.CRC32C;

/** CRC32C of a whole file out of those of its blocks, without a look at its bytes. */
/*
 * A CRC is linear over GF(2): the checksum of A followed by B is crc(A), moved on by |B| zero bytes, plus crc(B). Moving on
 * by n zero bytes is a 32x32 matrix to the n-th power, found by squaring (Mark Adler's crc32_combine in zlib does the same).
 */
final class FileChecksum {
    /** CRC32C's polynomial (Castagnoli), bits reflected. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private FileChecksum() {}

    static int of(FileLayout layout) {
        byte[] inline = layout.inline();
        if (inline != null) {
            CRC32C crc = new CRC32C();
            crc.update(inline);
            return (int) crc.getValue();
        }
        int sum = 0;
        for (BlockRecord block : layout.blocks()) {
            sum = combine(sum, block.crc32c(), block.lengthBytes());
        }
        return sum;
    }

    /** @param secondLengthBytes of what {@code second} is the checksum of */
    static int combine(int first, int second, long secondLengthBytes) {
        int[] power = new int[32];
        power[0] = POLYNOMIAL;
        for (int bit = 1; bit < 32; bit++) {
            power[bit] = 1 << (bit - 1);
        }
        // power is now one zero bit; three squarings make it one zero byte.
        power = square(square(square(power)));
        int moved = first;
        for (long left = secondLengthBytes; left != 0; left >>>= 1) {
            if ((left & 1) != 0) {
                moved = times(power, moved);
            }
            power = square(power);
        }
        return moved ^ second;
    }

    private static int times(int[] matrix, int vector) {
        int sum = 0;
        for (int bit = 0; bit < 32; bit++) {
            if ((vector >>> bit & 1) != 0) {
                sum ^= matrix[bit];
            }
        }
        return sum;
    }

    private static int[] square(int[] matrix) {
        int[] result = new int[32];
        for (int bit = 0; bit < 32; bit++) {
            result[bit] = times(matrix, matrix[bit]);
        }
        return result;
    }
}
