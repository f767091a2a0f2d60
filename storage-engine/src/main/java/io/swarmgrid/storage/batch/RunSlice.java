package io.swarmgrid.storage.batch;

import org.apache.arrow.memory.util.MemoryUtil;

/** The runs, first to last, that cover some rows of a run-end encoded column. */
record RunSlice(ColumnSlice rows, int width, int first, int last) {
    static RunSlice of(ColumnSlice rows, int width) {
        ColumnArray ends = rows.array().children().get(0);
        ends.require(1, (long) ends.length() * width);
        int first = find(ends, width, rows.from());
        int last = find(ends, width, rows.to() - 1L);
        return new RunSlice(rows, width, first, last);
    }

    /** The run that a row is in: the first that ends after it. */
    private static int find(ColumnArray ends, int width, long row) {
        int low = 0;
        int high = ends.length();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(ends, middle, width) > row) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (low == ends.length()) {
            throw ends.corrupt("no run holds row " + row);
        }
        return low;
    }

    /** Writes where the runs end, counted from {@code base} on, and returns where the next go. */
    long fill(long address, long base) {
        ColumnArray ends = rows.array().children().get(0);
        long at = address;
        long previous = 0;
        for (int run = first; run <= last; run++) {
            long end = Math.min(end(ends, run, width), rows.to()) - rows.from();
            if (end <= previous) {
                throw ends.corrupt("runs end at " + previous + " and then at " + end);
            }
            put(at, base + end);
            previous = end;
            at += width;
        }
        return at;
    }

    private void put(long address, long value) {
        if (width != Short.BYTES) {
            Offsets.put(address, value, width);
        } else if (value > Short.MAX_VALUE) {
            throw rows.array().corrupt("its runs are counted by 16 bits, too few for a batch of " + value + " rows");
        } else {
            MemoryUtil.putShort(address, (short) value);
        }
    }

    private static long end(ColumnArray ends, long run, int width) {
        long at = ends.address(1) + run * width;
        return width == Short.BYTES ? MemoryUtil.getShort(at) : ends.offset(1, run, width);
    }
}
