package io.swarmgrid.storage.batch;

import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;

/** Buffers of offsets: one more than there are rows, never falling; buffer 1 of their arrays. */
final class Offsets {
    private static final int BUFFER = 1;

    private Offsets() {}

    /** That the first and the last offset of each slice are there and in order; the ones between are, when filled. */
    static void check(List<ColumnSlice> slices, int width) {
        for (ColumnSlice slice : slices) {
            if (slice.count() == 0) {
                continue;
            }
            ColumnArray array = slice.array();
            array.require(BUFFER, (slice.to() + 1L) * width);
            long start = array.offset(BUFFER, slice.from(), width);
            long end = array.offset(BUFFER, slice.to(), width);
            if (start < 0 || end < start) {
                throw array.corrupt("offsets go from " + start + " to " + end);
            }
        }
    }

    /** What the rows of a slice take of what the offsets point into. */
    static long length(ColumnSlice slice, int width) {
        return slice.array().offset(BUFFER, slice.to(), width) - slice.array().offset(BUFFER, slice.from(), width);
    }

    /** Writes the offsets of all slices one after the other, from 0 on. */
    static void fill(List<ColumnSlice> slices, int width, long address) {
        long at = address;
        long base = 0;
        put(at, 0, width);
        for (ColumnSlice slice : slices) {
            if (slice.count() == 0) {
                continue;
            }
            ColumnArray array = slice.array();
            long start = array.offset(BUFFER, slice.from(), width);
            long previous = start;
            for (int row = slice.from() + 1; row <= slice.to(); row++) {
                long offset = array.offset(BUFFER, row, width);
                if (offset < previous) {
                    throw array.corrupt("offsets fall from " + previous + " to " + offset + " at row " + (row - 1));
                }
                at += width;
                put(at, base + offset - start, width);
                previous = offset;
            }
            base += previous - start;
        }
    }

    static void put(long address, long value, int width) {
        if (width == Integer.BYTES) {
            MemoryUtil.putInt(address, Math.toIntExact(value));
        } else {
            MemoryUtil.putLong(address, value);
        }
    }
}
