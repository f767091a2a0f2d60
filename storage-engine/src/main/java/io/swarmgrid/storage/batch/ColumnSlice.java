package io.swarmgrid.storage.batch;

import java.util.List;

/** Rows {@code from} to {@code to}, exclusive, of a column. */
record ColumnSlice(ColumnArray array, int from, int to) {
    ColumnSlice {
        if (from < 0 || to < from || to > array.length()) {
            throw array.corrupt("rows " + from + " to " + to + " of " + array.length());
        }
    }

    int count() {
        return to - from;
    }

    static int count(List<ColumnSlice> slices) {
        long count = 0;
        for (ColumnSlice slice : slices) {
            count += slice.count();
        }
        return Math.toIntExact(count);
    }

    /** Adds rows of an array to a list, as a longer last slice where they go on where it ends. */
    @SuppressWarnings("ReferenceEquality") // the same array, not one like it
    static void add(List<ColumnSlice> slices, ColumnArray array, long from, long to) {
        if (from == to) {
            return;
        }
        if (from < 0 || to < from || to > array.length()) {
            throw array.corrupt("rows " + from + " to " + to + " of " + array.length());
        }
        int last = slices.size() - 1;
        if (last >= 0 && slices.get(last).array() == array && slices.get(last).to() == from) {
            slices.set(last, new ColumnSlice(array, slices.get(last).from(), (int) to));
        } else {
            slices.add(new ColumnSlice(array, (int) from, (int) to));
        }
    }
}
