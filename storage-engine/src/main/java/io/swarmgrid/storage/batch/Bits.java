package io.swarmgrid.storage.batch;

import org.apache.arrow.memory.util.MemoryUtil;

/** Bitmaps in memory, least significant bit first. Callers have checked that the bytes are there. */
final class Bits {
    private Bits() {}

    static long bytes(long bits) {
        return (bits + 7) >>> 3;
    }

    /** Copies bits to where {@code count} bits are still zero. */
    static void copy(long source, long sourceBit, long target, long targetBit, long count) {
        long done = 0;
        if ((sourceBit & 7) == (targetBit & 7)) {
            long head = Math.min(count, -targetBit & 7);
            copyEach(source, sourceBit, target, targetBit, head);
            long whole = (count - head) >>> 3;
            MemoryUtil.copyMemory(source + ((sourceBit + head) >>> 3), target + ((targetBit + head) >>> 3), whole);
            done = head + (whole << 3);
        } else {
            done = Math.min(count, -targetBit & 7);
            copyEach(source, sourceBit, target, targetBit, done);
            int shift = (int) ((sourceBit + done) & 7);
            long from = source + ((sourceBit + done) >>> 3);
            long to = target + ((targetBit + done) >>> 3);
            // Here the target is at a byte and the source within one, so that a byte is made of parts of two.
            for (; count - done >= Byte.SIZE; done += Byte.SIZE) {
                int low = (MemoryUtil.getByte(from++) & 0xff) >>> shift;
                int high = shift == 0 ? 0 : (MemoryUtil.getByte(from) & 0xff) << (Byte.SIZE - shift);
                MemoryUtil.putByte(to++, (byte) (low | high));
            }
        }
        copyEach(source, sourceBit + done, target, targetBit + done, count - done);
    }

    static void set(long target, long targetBit, long count) {
        long bit = targetBit;
        long end = targetBit + count;
        for (; bit < end && (bit & 7) != 0; bit++) {
            setOne(target, bit);
        }
        long whole = (end - bit) >>> 3;
        MemoryUtil.setMemory(target + (bit >>> 3), whole, (byte) 0xff);
        for (bit += whole << 3; bit < end; bit++) {
            setOne(target, bit);
        }
    }

    static long countSet(long source, long from, long to) {
        long count = 0;
        long bit = from;
        for (; bit < to && (bit & 7) != 0; bit++) {
            count += get(source, bit);
        }
        for (; to - bit >= Long.SIZE; bit += Long.SIZE) {
            count += Long.bitCount(MemoryUtil.getLong(source + (bit >>> 3)));
        }
        for (; bit < to; bit++) {
            count += get(source, bit);
        }
        return count;
    }

    private static void copyEach(long source, long sourceBit, long target, long targetBit, long count) {
        for (long i = 0; i < count; i++) {
            if (get(source, sourceBit + i) != 0) {
                setOne(target, targetBit + i);
            }
        }
    }

    private static int get(long source, long bit) {
        return MemoryUtil.getByte(source + (bit >>> 3)) >> (bit & 7) & 1;
    }

    private static void setOne(long target, long bit) {
        long at = target + (bit >>> 3);
        MemoryUtil.putByte(at, (byte) (MemoryUtil.getByte(at) | 1 << (bit & 7)));
    }
}
