package io.swarmgrid.storage.batch;

import java.util.List;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;

/** A range of rows of one record batch, whose buffers it borrows: it is good until that batch is closed. */
public final class Rows {
    private final List<ColumnArray> columns;
    private final int from;
    private final int count;

    private Rows(List<ColumnArray> columns, int from, int count) {
        this.columns = columns;
        this.from = from;
        this.count = count;
    }

    /**
     * All rows of a batch.
     *
     * @throws io.swarmgrid.client.GridException CORRUPT_INPUT where it has not what the fields ask for, or columns of
     *     another length
     */
    public static Rows of(List<Field> fields, ArrowRecordBatch batch) {
        List<ColumnArray> columns = ColumnArray.of(fields, batch);
        for (ColumnArray column : columns) {
            if (column.length() != batch.getLength()) {
                throw column.corrupt(column.length() + " rows in a batch of " + batch.getLength());
            }
        }
        return new Rows(columns, 0, batch.getLength());
    }

    public int count() {
        return count;
    }

    /** Some of these rows, by their place among these. */
    public Rows slice(int first, int length) {
        if (first < 0 || length < 0 || first > count - length) {
            throw new IllegalArgumentException(
                    "bad slice of " + count + " rows: first=" + first + ", length=" + length);
        }
        return new Rows(columns, from + first, length);
    }

    ColumnSlice column(int index) {
        return new ColumnSlice(columns.get(index), from, from + count);
    }
}
