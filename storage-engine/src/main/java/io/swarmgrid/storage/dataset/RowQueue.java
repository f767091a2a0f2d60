package io.swarmgrid.storage.dataset;

import io.swarmgrid.storage.batch.BatchPlan;
import io.swarmgrid.storage.batch.Rows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * Rows that wait to become a record batch, in order: borrowed ones of the batch that is being written, and copies of those
 * before it that were too few. Confined to one thread.
 */
final class RowQueue implements AutoCloseable {
    private final List<Field> fields;
    private final BufferAllocator allocator;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private int rows;
    private long keptBytes;

    /** @param copy owns the memory of the rows; null where they are borrowed */
    private record Entry(Rows rows, @Nullable ArrowRecordBatch copy) {}

    RowQueue(List<Field> fields, BufferAllocator allocator) {
        this.fields = fields;
        this.allocator = allocator;
    }

    int rows() {
        return rows;
    }

    /** Of the copies that are kept. */
    long keptBytes() {
        return keptBytes;
    }

    void borrow(Rows more) {
        entries.addLast(new Entry(more, null));
        rows = Math.addExact(rows, more.count());
    }

    List<Rows> first(int count) {
        List<Rows> first = new ArrayList<>();
        int left = count;
        for (Entry entry : entries) {
            if (left == 0) {
                break;
            }
            int taken = Math.min(left, entry.rows().count());
            first.add(entry.rows().slice(0, taken));
            left -= taken;
        }
        return first;
    }

    void drop(int count) {
        int left = count;
        while (left > 0) {
            Entry entry = entries.removeFirst();
            int there = entry.rows().count();
            if (there > left) {
                entries.addFirst(new Entry(entry.rows().slice(left, there - left), entry.copy()));
                left = 0;
            } else {
                release(entry);
                left -= there;
            }
        }
        rows -= count;
    }

    /** About what the borrowed rows take. */
    long borrowedBytes() {
        List<Rows> borrowed = borrowed();
        return borrowed.isEmpty() ? 0 : BatchPlan.of(fields, borrowed).wireBytes();
    }

    /** Copies what is borrowed, so that its owner may go on. */
    void keep() {
        List<Rows> borrowed = borrowed();
        if (borrowed.isEmpty()) {
            return;
        }
        BatchPlan plan = BatchPlan.of(fields, borrowed);
        ArrowRecordBatch copy = plan.toBatch(allocator);
        for (int i = 0; i < borrowed.size(); i++) {
            entries.removeLast();
        }
        entries.addLast(new Entry(Rows.of(fields, copy), copy));
        keptBytes += plan.wireBytes();
    }

    /** They are the last ones. */
    private List<Rows> borrowed() {
        List<Rows> borrowed = new ArrayList<>();
        for (Iterator<Entry> last = entries.descendingIterator(); last.hasNext(); ) {
            Entry entry = last.next();
            if (entry.copy() != null) {
                break;
            }
            borrowed.add(entry.rows());
        }
        Collections.reverse(borrowed);
        return borrowed;
    }

    @Override
    public void close() {
        entries.forEach(this::release);
        entries.clear();
        rows = 0;
    }

    private void release(Entry entry) {
        if (entry.copy() != null) {
            entry.copy().close();
        }
        if (entries.isEmpty() || entries.getFirst().copy() == null) {
            keptBytes = 0;
        }
    }
}
