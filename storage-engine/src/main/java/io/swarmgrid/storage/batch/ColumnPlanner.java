package io.swarmgrid.storage.batch;

import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.types.pojo.Field;

/** Plans the nodes and buffers of columns, parents first, as a record batch lists them: here those without children. */
final class ColumnPlanner {
    private static final int VIEW_BYTES = 16;
    private static final int INLINE_BYTES = 12;
    /** Within a view: its length is first, then four bytes of the value, then these. */
    private static final int VIEW_BUFFER = 8;

    private static final int VIEW_OFFSET = 12;
    private static final int FIXED_BUFFERS = 2;

    private final BatchPlan plan;
    private final NestedPlanner nested;

    ColumnPlanner(BatchPlan plan) {
        this.plan = plan;
        this.nested = new NestedPlanner(plan, this);
    }

    void add(Field field, List<ColumnSlice> slices) {
        int count = ColumnSlice.count(slices);
        switch (Layout.of(field.getType())) {
            case NULL -> plan.node(count, count);
            case BITS -> bits(slices, count);
            case FIXED -> fixed(slices, count, Layout.widthBytes(field.getType()));
            case VARIABLE -> variable(slices, count, Integer.BYTES);
            case LARGE_VARIABLE -> variable(slices, count, Long.BYTES);
            case VIEW -> views(slices, count);
            case LIST -> nested.list(field, slices, count, Integer.BYTES);
            case LARGE_LIST -> nested.list(field, slices, count, Long.BYTES);
            case LIST_VIEW -> nested.listView(field, slices, count, Integer.BYTES);
            case LARGE_LIST_VIEW -> nested.listView(field, slices, count, Long.BYTES);
            case FIXED_LIST -> nested.fixedList(field, slices, count);
            case STRUCT -> nested.struct(field, slices, count);
            case SPARSE_UNION -> nested.sparseUnion(field, slices, count);
            case DENSE_UNION -> nested.denseUnion(field, slices, count);
            case RUN_ENDS -> nested.runEnds(field, slices, count);
        }
    }

    /** The node and the validity bitmap, which nearly every layout begins with. */
    void validity(List<ColumnSlice> slices, int count) {
        long nulls = 0;
        for (ColumnSlice slice : slices) {
            if (slice.array().allValid() && slice.array().nulls() > 0) {
                throw slice.array().corrupt(slice.array().nulls() + " nulls, and no bitmap that says which");
            }
            if (!slice.array().allValid()) {
                slice.array().require(0, Bits.bytes(slice.to()));
                nulls += slice.count() - Bits.countSet(slice.array().address(0), slice.from(), slice.to());
            }
        }
        plan.node(count, nulls);
        plan.part(Bits.bytes(count), address -> {
            MemoryUtil.setMemory(address, Bits.bytes(count), (byte) 0);
            long bit = 0;
            for (ColumnSlice slice : slices) {
                if (slice.array().allValid()) {
                    Bits.set(address, bit, slice.count());
                } else {
                    Bits.copy(slice.array().address(0), slice.from(), address, bit, slice.count());
                }
                bit += slice.count();
            }
        });
    }

    private void bits(List<ColumnSlice> slices, int count) {
        validity(slices, count);
        slices.forEach(slice -> slice.array().require(1, Bits.bytes(slice.to())));
        plan.part(Bits.bytes(count), address -> {
            MemoryUtil.setMemory(address, Bits.bytes(count), (byte) 0);
            long bit = 0;
            for (ColumnSlice slice : slices) {
                Bits.copy(slice.array().address(1), slice.from(), address, bit, slice.count());
                bit += slice.count();
            }
        });
    }

    private void fixed(List<ColumnSlice> slices, int count, int width) {
        validity(slices, count);
        values(slices, count, 1, width);
    }

    /** A buffer with one value of fixed width for each row. */
    void values(List<ColumnSlice> slices, int count, int buffer, int width) {
        slices.forEach(slice -> slice.array().require(buffer, (long) slice.to() * width));
        plan.part((long) count * width, address -> {
            long at = address;
            for (ColumnSlice slice : slices) {
                long bytes = (long) slice.count() * width;
                MemoryUtil.copyMemory(slice.array().address(buffer) + (long) slice.from() * width, at, bytes);
                at += bytes;
            }
        });
    }

    private void variable(List<ColumnSlice> slices, int count, int width) {
        validity(slices, count);
        Offsets.check(slices, width);
        long dataBytes = 0;
        for (ColumnSlice slice : slices) {
            if (slice.count() > 0) {
                slice.array().require(2, slice.array().offset(1, slice.to(), width));
                dataBytes += Offsets.length(slice, width);
            }
        }
        plan.part((count + 1L) * width, address -> Offsets.fill(slices, width, address));
        plan.part(dataBytes, address -> {
            long at = address;
            for (ColumnSlice slice : slices) {
                if (slice.count() > 0) {
                    ColumnArray array = slice.array();
                    long bytes = Offsets.length(slice, width);
                    MemoryUtil.copyMemory(array.address(2) + array.offset(1, slice.from(), width), at, bytes);
                    at += bytes;
                }
            }
        });
    }

    /** Values by reference into any of several buffers; what they refer to is gathered into one. */
    private void views(List<ColumnSlice> slices, int count) {
        validity(slices, count);
        long dataBytes = 0;
        for (ColumnSlice slice : slices) {
            slice.array().require(1, (long) slice.to() * VIEW_BYTES);
            for (int row = slice.from(); row < slice.to(); row++) {
                dataBytes += outOfLine(slice.array(), row);
            }
        }
        plan.part((long) count * VIEW_BYTES, address -> fillViews(slices, address));
        plan.variadic(dataBytes == 0 ? 0 : 1);
        if (dataBytes > 0) {
            plan.part(dataBytes, address -> fillViewed(slices, address));
        }
    }

    /** The length of a value that lies outside of its view; 0 for any other. */
    private static int outOfLine(ColumnArray array, int row) {
        if (!array.valid(row)) {
            return 0;
        }
        long view = array.address(1) + (long) row * VIEW_BYTES;
        int length = MemoryUtil.getInt(view);
        if (length < 0) {
            throw array.corrupt("a value of " + length + " bytes");
        }
        if (length <= INLINE_BYTES) {
            return 0;
        }
        int buffer = MemoryUtil.getInt(view + VIEW_BUFFER);
        int offset = MemoryUtil.getInt(view + VIEW_OFFSET);
        if (buffer < 0 || buffer >= array.buffers().size() - FIXED_BUFFERS || offset < 0) {
            throw array.corrupt("a view into buffer " + buffer + " at " + offset);
        }
        array.require(FIXED_BUFFERS + buffer, (long) offset + length);
        return length;
    }

    private static void fillViews(List<ColumnSlice> slices, long address) {
        long at = address;
        long dataAt = 0;
        for (ColumnSlice slice : slices) {
            for (int row = slice.from(); row < slice.to(); row++) {
                if (slice.array().valid(row)) {
                    MemoryUtil.copyMemory(slice.array().address(1) + (long) row * VIEW_BYTES, at, VIEW_BYTES);
                } else {
                    MemoryUtil.setMemory(at, VIEW_BYTES, (byte) 0);
                }
                int length = outOfLine(slice.array(), row);
                if (length > 0) {
                    MemoryUtil.putInt(at + VIEW_BUFFER, 0);
                    MemoryUtil.putInt(at + VIEW_OFFSET, Math.toIntExact(dataAt));
                    dataAt += length;
                }
                at += VIEW_BYTES;
            }
        }
    }

    private static void fillViewed(List<ColumnSlice> slices, long address) {
        long at = address;
        for (ColumnSlice slice : slices) {
            ColumnArray array = slice.array();
            for (int row = slice.from(); row < slice.to(); row++) {
                int length = outOfLine(array, row);
                if (length > 0) {
                    long view = array.address(1) + (long) row * VIEW_BYTES;
                    long source = array.address(FIXED_BUFFERS + MemoryUtil.getInt(view + VIEW_BUFFER))
                            + MemoryUtil.getInt(view + VIEW_OFFSET);
                    MemoryUtil.copyMemory(source, at, length);
                    at += length;
                }
            }
        }
    }
}
