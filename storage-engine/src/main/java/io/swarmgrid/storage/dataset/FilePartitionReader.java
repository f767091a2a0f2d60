package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.LimitsConfig;
import io.swarmgrid.storage.batch.BatchPlan;
import io.swarmgrid.storage.batch.Rows;
import io.swarmgrid.storage.file.FileReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;
import org.jspecify.annotations.Nullable;

/** Loads the stored buffers of one file into one root. */
final class FilePartitionReader implements PartitionReader {
    private final FileReader file;
    private final FileIndex index;
    private final PartitionRead read;
    private final BufferAllocator allocator;
    private final BatchLimits limits;
    private final BatchSource source;
    private final VectorSchemaRoot root;
    private final VectorLoader loader;
    private final DictionaryProvider.MapDictionaryProvider dictionaries =
            new DictionaryProvider.MapDictionaryProvider();
    private int nextBatch;
    private @Nullable Cut cut;

    /** @param file taken over */
    FilePartitionReader(
            FileReader file, FileIndex index, PartitionRead read, LimitsConfig limits, BufferAllocator allocator) {
        this.file = file;
        this.index = index;
        this.read = read;
        this.allocator = allocator;
        int[] columns = WireSchema.columns(index.schema(), read.columns());
        Memory memory = Memory.of(index.schema(), columns, allocator);
        memory.dictionaries().values().forEach(dictionaries::put);
        this.limits = BatchLimits.sent(memory.schema().getFields(), limits);
        this.source = new BatchSource(file, allocator, memory.allFields(), columns);
        this.root = VectorSchemaRoot.create(memory.schema(), allocator);
        this.loader = new VectorLoader(root);
    }

    /** The file's schema as vectors have it, and vectors for the dictionaries of the columns wanted. */
    private record Memory(Schema schema, List<Field> allFields, Map<Long, Dictionary> dictionaries) {
        static Memory of(Schema wire, int[] columns, BufferAllocator allocator) {
            Map<Long, Dictionary> dictionaries = new HashMap<>();
            Map<Long, Dictionary> unused = new HashMap<>();
            Field[] all = new Field[wire.getFields().size()];
            List<Field> selected = new ArrayList<>(columns.length);
            for (int column : columns) {
                all[column] = DictionaryUtility.toMemoryFormat(wire.getFields().get(column), allocator, dictionaries);
                selected.add(all[column]);
            }
            for (int i = 0; i < all.length; i++) {
                if (all[i] == null) {
                    all[i] = DictionaryUtility.toMemoryFormat(wire.getFields().get(i), allocator, unused);
                }
            }
            unused.values().forEach(dictionary -> dictionary.getVector().close());
            return new Memory(new Schema(selected, wire.getCustomMetadata()), List.of(all), dictionaries);
        }
    }

    /** Loads the dictionaries; to be called once, before the first batch. Where it fails the reader is closed. */
    void begin() {
        try {
            if (read.firstRow() + read.rowCount() > index.rows()) {
                throw new GridException(
                        ErrorCode.INVALID_ARGUMENT,
                        "rows past the end of the partition: name=" + read.name() + ", first_row=" + read.firstRow()
                                + ", row_count=" + read.rowCount() + ", rows=" + index.rows());
            }
            nextBatch = firstBatch();
            if (!dictionaries.getDictionaryIds().isEmpty()) {
                index.dictionaries().forEach(block -> sound("a dictionary", () -> loadDictionary(block)));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void loadDictionary(ArrowBlock block) {
        Dictionary dictionary = dictionaries.lookup(source.dictionaryId(block));
        if (dictionary != null) {
            load(block, dictionary.getVector());
        }
    }

    private void load(ArrowBlock block, FieldVector vector) {
        List<Field> fields = List.of(vector.getField());
        BatchSource values = new BatchSource(file, allocator, fields, new int[] {0});
        try (ArrowDictionaryBatch batch = values.dictionary(block)) {
            // The root only lends the vector to the loader: it is not closed.
            VectorSchemaRoot lent = new VectorSchemaRoot(fields, List.of(vector), 0);
            load(new VectorLoader(lent), fields, batch.getDictionary());
        }
    }

    @Override
    public VectorSchemaRoot root() {
        return root;
    }

    @Override
    public DictionaryProvider dictionaries() {
        return dictionaries;
    }

    @Override
    public boolean next() {
        boolean[] loaded = new boolean[1];
        sound("batch " + nextBatch, () -> loaded[0] = loadNext());
        return loaded[0];
    }

    private boolean loadNext() {
        if (cut != null && cut.hasNext()) {
            return loadPiece(cut);
        }
        closeCut();
        return nextBatch < index.batches().size() && begins(nextBatch) < end() && loadBatch(nextBatch++);
    }

    private void sound(String what, Runnable load) {
        try {
            load.run();
        } catch (OutOfMemoryException e) {
            throw new GridException(
                    ErrorCode.OVERLOADED, "no memory for " + what + " of " + read.name() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // Whatever the library falls over: the file's bytes are as they were written, but they are no sound batch.
            boolean corrupt = !(e instanceof GridException grid) || grid.code() == ErrorCode.CORRUPT_INPUT;
            throw corrupt ? FileIndex.corrupt(file, what + ": " + e.getMessage(), e) : e;
        }
    }

    private boolean loadBatch(int number) {
        ArrowBlock block = index.batches().get(number);
        long begin = begins(number);
        boolean large;
        try (ArrowRecordBatch batch = source.batch(block)) {
            if (batch.getLength() != begins(number + 1) - begin) {
                throw new IllegalArgumentException(
                        "it has " + batch.getLength() + " rows, the footer says " + (begins(number + 1) - begin));
            }
            load(loader, root.getSchema().getFields(), batch);
            large = batch.getLength() > 1 && block.getMetadataLength() + batch.computeBodyLength() > limits.wireBytes();
        }
        int from = (int) Math.max(0, read.firstRow() - begin);
        int to = (int) Math.min(root.getRowCount(), end() - begin);
        if (from == 0 && to == root.getRowCount() && !large) {
            return true;
        }
        cut = Cut.of(root, from, to - from, limits);
        return loadPiece(cut);
    }

    /**
     * Loads a batch that fits together: with one that does not, the library makes room for values that are not there, fails
     * half-way, and keeps what it took for ever.
     */
    private static void load(VectorLoader loader, List<Field> fields, ArrowRecordBatch batch) {
        BatchPlan.of(fields, List.of(Rows.of(fields, batch)));
        loader.load(batch);
    }

    private boolean loadPiece(Cut from) {
        try (ArrowRecordBatch piece = from.next(allocator)) {
            loader.load(piece);
            return true;
        }
    }

    private int firstBatch() {
        int batch = 0;
        while (batch < index.batches().size() && begins(batch + 1) <= read.firstRow()) {
            batch++;
        }
        return batch;
    }

    private long begins(int batch) {
        return index.firstRows()[batch];
    }

    private long end() {
        return read.firstRow() + read.rowCount();
    }

    private void closeCut() {
        if (cut != null) {
            cut.close();
            cut = null;
        }
    }

    @Override
    public void close() {
        closeCut();
        root.close();
        dictionaries.close();
        file.close();
    }
}
