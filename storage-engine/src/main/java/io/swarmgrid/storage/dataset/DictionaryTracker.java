package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.batch.BatchPlan;
import io.swarmgrid.storage.batch.Rows;
import io.swarmgrid.storage.batch.Unloading;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.ByteFunctionHelpers;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * The dictionaries as they were when the open partition files were begun. It keeps references to their buffers: as long as a
 * dictionary's vector has the same buffers, it is the same dictionary, without looking at its values.
 */
final class DictionaryTracker implements AutoCloseable {
    private final DictionaryProvider provider;
    private final Set<Long> ids;
    private final BufferAllocator allocator;
    private final Map<Long, Snapshot> snapshots = new HashMap<>();

    DictionaryTracker(DictionaryProvider provider, Set<Long> ids, BufferAllocator allocator) {
        this.provider = provider;
        this.ids = ids;
        this.allocator = allocator;
    }

    /** Whether any dictionary has other values than when it was last looked at. */
    boolean changed() {
        for (long id : ids) {
            Snapshot before = snapshots.get(id);
            if (before != null && !before.same(lookup(id), allocator)) {
                return true;
            }
        }
        return false;
    }

    /** Looks at the dictionaries as they are now. */
    void refresh() {
        for (long id : ids) {
            Snapshot now = Snapshot.of(lookup(id));
            Snapshot before = snapshots.put(id, now);
            if (before != null) {
                before.batch().close();
            }
        }
    }

    void forEach(BiConsumer<Long, BatchPlan> action) {
        ids.forEach(id -> {
            Snapshot snapshot = snapshots.get(id);
            if (snapshot != null) {
                action.accept(id, snapshot.plan());
            }
        });
    }

    @Override
    public void close() {
        snapshots.values().forEach(snapshot -> snapshot.batch().close());
        snapshots.clear();
    }

    private FieldVector lookup(long id) {
        Dictionary dictionary = provider.lookup(id);
        if (dictionary == null) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "the dictionary " + id + " is missing");
        }
        return dictionary.getVector();
    }

    private record Snapshot(List<Field> fields, ArrowRecordBatch batch) {
        static Snapshot of(FieldVector vector) {
            List<Field> fields = List.of(vector.getField());
            return new Snapshot(fields, Unloading.of(List.of(vector), vector.getValueCount()));
        }

        BatchPlan plan() {
            return BatchPlan.of(fields, List.of(Rows.of(fields, batch)));
        }

        boolean same(FieldVector vector, BufferAllocator allocator) {
            Snapshot other = of(vector);
            try {
                return batch.getLength() == other.batch.getLength()
                        && (sameMemory(other) || sameValues(other, allocator));
            } finally {
                other.batch.close();
            }
        }

        private boolean sameMemory(Snapshot other) {
            List<ArrowBuf> ours = batch.getBuffers();
            List<ArrowBuf> theirs = other.batch.getBuffers();
            if (ours.size() != theirs.size()) {
                return false;
            }
            for (int i = 0; i < ours.size(); i++) {
                if (ours.get(i).memoryAddress() != theirs.get(i).memoryAddress()) {
                    return false;
                }
            }
            return true;
        }

        private boolean sameValues(Snapshot other, BufferAllocator allocator) {
            try (ArrowRecordBatch ours = plan().toBatch(allocator);
                    ArrowRecordBatch theirs = other.plan().toBatch(allocator)) {
                if (ours.getBuffers().size() != theirs.getBuffers().size()) {
                    return false;
                }
                for (int i = 0; i < ours.getBuffers().size(); i++) {
                    ArrowBuf our = ours.getBuffers().get(i);
                    ArrowBuf their = theirs.getBuffers().get(i);
                    if (our.capacity() != their.capacity()
                            || ByteFunctionHelpers.equal(our, 0, our.capacity(), their, 0, their.capacity()) == 0) {
                        return false;
                    }
                }
                return true;
            }
        }
    }
}
