package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.LimitsConfig;
import io.swarmgrid.storage.batch.Unloading;
import io.swarmgrid.storage.file.FileReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.compression.CommonsCompressionFactory;
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
        this.loader = new VectorLoader(root, CommonsCompressionFactory.INSTANCE);
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
                index.dictionaries().forEach(this::loadDictionary);
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
            new VectorLoader(lent, CommonsCompressionFactory.INSTANCE).load(batch.getDictionary());
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
        try {
            if (cut != null && cut.hasNext()) {
                return loadPiece(cut);
            }
            closeCut();
            return nextBatch < index.batches().size() && begins(nextBatch) < end() && loadBatch(nextBatch++);
        } catch (OutOfMemoryException e) {
            throw new GridException(
                    ErrorCode.OVERLOADED, "no memory for a batch of " + read.name() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // Whatever the library falls over: the file's bytes are as they were written, but they are no sound batch.
            boolean corrupt = !(e instanceof GridException grid) || grid.code() == ErrorCode.CORRUPT_INPUT;
            throw corrupt ? FileIndex.corrupt(file, "batch " + (nextBatch - 1) + ": " + e.getMessage(), e) : e;
        }
    }

    private boolean loadBatch(int number) {
        ArrowBlock block = index.batches().get(number);
        boolean large;
        try (ArrowRecordBatch batch = source.batch(block)) {
            Extents.check(root.getSchema().getFields(), batch);
            loader.load(batch);
            large = root.getRowCount() > 1 && tooLarge(block, batch);
        }
        long begin = begins(number);
        int from = (int) Math.max(0, read.firstRow() - begin);
        int to = (int) Math.min(root.getRowCount(), end() - begin);
        if (root.getRowCount() != begins(number + 1) - begin) {
            throw new IllegalArgumentException(
                    "it has " + root.getRowCount() + " rows, the footer says " + (begins(number + 1) - begin));
        }
        if (from == 0 && to == root.getRowCount() && !large) {
            return true;
        }
        cut = Cut.of(root, from, to - from, limits);
        return loadPiece(cut);
    }

    /** Whether a batch as it is now in the root does not fit into one message. */
    private boolean tooLarge(ArrowBlock block, ArrowRecordBatch batch) {
        boolean compressed = batch.getBodyCompression().getCodec() != Compression.NONE.id();
        if (!compressed && block.getMetadataLength() + block.getBodyLength() <= limits.wireBytes()) {
            return false;
        }
        try (ArrowRecordBatch loaded = Unloading.of(root)) {
            return loaded.computeBodyLength() + block.getMetadataLength() > limits.wireBytes();
        }
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
