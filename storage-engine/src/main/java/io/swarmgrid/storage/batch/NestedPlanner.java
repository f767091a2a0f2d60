package io.swarmgrid.storage.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** Plans columns that have children: which rows of a child belong to the rows wanted of its parent. */
final class NestedPlanner {
    private static final int SIZES = 2;
    private static final int TYPE_IDS = 128;

    private final BatchPlan plan;
    private final ColumnPlanner columns;

    NestedPlanner(BatchPlan plan, ColumnPlanner columns) {
        this.plan = plan;
        this.columns = columns;
    }

    void list(Field field, List<ColumnSlice> slices, int count, int width) {
        columns.validity(slices, count);
        Offsets.check(slices, width);
        List<ColumnSlice> values = new ArrayList<>();
        for (ColumnSlice slice : slices) {
            if (slice.count() > 0) {
                ColumnArray array = slice.array();
                ColumnSlice.add(
                        values,
                        child(array, 0),
                        array.offset(1, slice.from(), width),
                        array.offset(1, slice.to(), width));
            }
        }
        plan.part((count + 1L) * width, address -> Offsets.fill(slices, width, address));
        columns.add(field.getChildren().get(0), values);
    }

    /** Lists by offset and size, in any order and overlapping: their values are gathered in the order of the rows. */
    void listView(Field field, List<ColumnSlice> slices, int count, int width) {
        columns.validity(slices, count);
        List<ColumnSlice> values = new ArrayList<>();
        for (ColumnSlice slice : slices) {
            ColumnArray array = slice.array();
            array.require(1, (long) slice.to() * width);
            array.require(SIZES, (long) slice.to() * width);
            for (int row = slice.from(); row < slice.to(); row++) {
                long size = viewSize(array, row, width);
                if (size > 0) {
                    long offset = array.offset(1, row, width);
                    ColumnSlice.add(values, child(array, 0), offset, offset + size);
                }
            }
        }
        plan.part((long) count * width, address -> fillListViews(slices, width, address, false));
        plan.part((long) count * width, address -> fillListViews(slices, width, address, true));
        columns.add(field.getChildren().get(0), values);
    }

    private static long viewSize(ColumnArray array, int row, int width) {
        long size = array.valid(row) ? array.offset(SIZES, row, width) : 0;
        if (size < 0) {
            throw array.corrupt("a list of " + size + " values");
        }
        return size;
    }

    private static void fillListViews(List<ColumnSlice> slices, int width, long address, boolean sizes) {
        long at = address;
        long offset = 0;
        for (ColumnSlice slice : slices) {
            for (int row = slice.from(); row < slice.to(); row++) {
                long size = viewSize(slice.array(), row, width);
                Offsets.put(at, sizes ? size : offset, width);
                offset += size;
                at += width;
            }
        }
    }

    void fixedList(Field field, List<ColumnSlice> slices, int count) {
        columns.validity(slices, count);
        long size = ((ArrowType.FixedSizeList) Layout.storage(field.getType())).getListSize();
        List<ColumnSlice> values = new ArrayList<>();
        for (ColumnSlice slice : slices) {
            ColumnSlice.add(values, child(slice.array(), 0), slice.from() * size, slice.to() * size);
        }
        columns.add(field.getChildren().get(0), values);
    }

    void struct(Field field, List<ColumnSlice> slices, int count) {
        columns.validity(slices, count);
        sameRows(field, slices);
    }

    void sparseUnion(Field field, List<ColumnSlice> slices, int count) {
        plan.node(count, 0);
        columns.values(slices, count, 0, Byte.BYTES);
        sameRows(field, slices);
    }

    private void sameRows(Field field, List<ColumnSlice> slices) {
        for (int i = 0; i < field.getChildren().size(); i++) {
            List<ColumnSlice> rows = new ArrayList<>(slices.size());
            for (ColumnSlice slice : slices) {
                ColumnSlice.add(rows, child(slice.array(), i), slice.from(), slice.to());
            }
            columns.add(field.getChildren().get(i), rows);
        }
    }

    /** Each row refers to a row of one child: those are gathered, child by child, in the order of the rows. */
    void denseUnion(Field field, List<ColumnSlice> slices, int count) {
        plan.node(count, 0);
        int[] childOf = childOfType(field);
        List<List<ColumnSlice>> rows = new ArrayList<>();
        field.getChildren().forEach(child -> rows.add(new ArrayList<>()));
        for (ColumnSlice slice : slices) {
            ColumnArray array = slice.array();
            array.require(1, (long) slice.to() * Integer.BYTES);
            array.require(0, slice.to());
            for (int row = slice.from(); row < slice.to(); row++) {
                int child = unionChild(array, row, childOf);
                long offset = array.offset(1, row, Integer.BYTES);
                ColumnSlice.add(rows.get(child), child(array, child), offset, offset + 1);
            }
        }
        columns.values(slices, count, 0, Byte.BYTES);
        plan.part((long) count * Integer.BYTES, address -> {
            int[] next = new int[rows.size()];
            long at = address;
            for (ColumnSlice slice : slices) {
                for (int row = slice.from(); row < slice.to(); row++) {
                    MemoryUtil.putInt(at, next[unionChild(slice.array(), row, childOf)]++);
                    at += Integer.BYTES;
                }
            }
        });
        for (int i = 0; i < rows.size(); i++) {
            columns.add(field.getChildren().get(i), rows.get(i));
        }
    }

    private static int unionChild(ColumnArray array, int row, int[] childOf) {
        int type = MemoryUtil.getByte(array.address(0) + row);
        if (type < 0 || childOf[type] < 0) {
            throw array.corrupt("a value of type " + type + ", which the union has not");
        }
        return childOf[type];
    }

    private static int[] childOfType(Field field) {
        int[] childOf = new int[TYPE_IDS];
        Arrays.fill(childOf, -1);
        int[] ids = Layout.union(field.getType()).getTypeIds();
        for (int i = 0; i < field.getChildren().size(); i++) {
            childOf[ids == null ? i : ids[i]] = i;
        }
        return childOf;
    }

    /** Runs that a slice cuts become shorter; the values of runs are kept as they are. */
    void runEnds(Field field, List<ColumnSlice> slices, int count) {
        plan.node(count, 0);
        Field endsField = field.getChildren().get(0);
        int width = Layout.widthBytes(endsField.getType());
        List<ColumnSlice> values = new ArrayList<>();
        List<RunSlice> runs = new ArrayList<>();
        for (ColumnSlice slice : slices) {
            if (slice.count() > 0) {
                RunSlice run = RunSlice.of(slice, width);
                runs.add(run);
                ColumnSlice.add(values, child(slice.array(), 1), run.first(), run.last() + 1L);
            }
        }
        int runCount = ColumnSlice.count(values);
        plan.node(runCount, 0);
        plan.part(Bits.bytes(runCount), address -> {
            MemoryUtil.setMemory(address, Bits.bytes(runCount), (byte) 0);
            Bits.set(address, 0, runCount);
        });
        plan.part((long) runCount * width, address -> {
            long at = address;
            long base = 0;
            for (RunSlice run : runs) {
                at = run.fill(at, base);
                base += run.rows().count();
            }
        });
        columns.add(field.getChildren().get(1), values);
    }

    private static ColumnArray child(ColumnArray array, int index) {
        return array.children().get(index);
    }
}
