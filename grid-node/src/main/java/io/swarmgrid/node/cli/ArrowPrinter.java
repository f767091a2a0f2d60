package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.DictionaryPrint;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;
import org.jspecify.annotations.Nullable;

/**
 * Arrow's own forms. A writer is bound to one root and to one provider of dictionaries, while every part of a dataset comes
 * with others: what is printed goes through a root of this printer.
 */
final class ArrowPrinter extends BatchPrinter {
    private final OutputStream out;
    private final boolean stream;
    private final BufferAllocator allocator;
    private final Map<Long, Dictionary> empty = new HashMap<>();
    private final Current current = new Current();
    private @Nullable Schema schema;
    private @Nullable DictionaryPrint first;
    private @Nullable VectorSchemaRoot root;
    private @Nullable ArrowWriter writer;

    ArrowPrinter(OutputStream out, boolean stream, BufferAllocator allocator) {
        this.out = out;
        this.stream = stream;
        this.allocator = allocator;
    }

    @Override
    void begin(Schema wireSchema) {
        schema = wireSchema;
    }

    @Override
    void print(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows) {
        current.provider = dictionaries;
        try {
            VectorSchemaRoot into = root;
            if (into == null) {
                into = open(batch.getSchema());
            }
            checkDictionaries(dictionaries);
            if (rows == batch.getRowCount()) {
                write(batch, into);
            } else {
                try (VectorSchemaRoot part = batch.slice(0, rows)) {
                    write(part, into);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private VectorSchemaRoot open(Schema memorySchema) throws IOException {
        VectorSchemaRoot made = VectorSchemaRoot.create(memorySchema, allocator);
        root = made;
        WritableByteChannel channel = Channels.newChannel(new Unclosed(out));
        ArrowWriter opened =
                stream ? new ArrowStreamWriter(made, current, channel) : new ArrowFileWriter(made, current, channel);
        writer = opened;
        opened.start();
        return made;
    }

    private void write(VectorSchemaRoot from, VectorSchemaRoot into) throws IOException {
        try (ArrowRecordBatch batch = new VectorUnloader(from).getRecordBatch()) {
            new VectorLoader(into).load(batch);
        }
        if (writer != null) {
            writer.writeBatch();
        }
        into.clear();
    }

    /** A stream may replace its dictionaries, a file may not, and its writer would not say so. */
    private void checkDictionaries(DictionaryProvider dictionaries) {
        if (stream || dictionaries.getDictionaryIds().isEmpty()) {
            return;
        }
        DictionaryPrint now = DictionaryPrint.of(dictionaries);
        if (first == null) {
            first = now;
        } else if (!first.equals(now)) {
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "cannot write one Arrow file: the dictionaries change from part to part",
                    null,
                    "--format arrow-stream can say that",
                    null);
        }
    }

    @Override
    public void close() {
        try {
            if (writer == null && schema != null) {
                List<Field> columns = schema.getFields().stream()
                        .map(column -> DictionaryUtility.toMemoryFormat(column, allocator, empty))
                        .toList();
                current.provider = new DictionaryProvider.MapDictionaryProvider(
                        empty.values().toArray(Dictionary[]::new));
                open(new Schema(columns, schema.getCustomMetadata()));
            }
            if (writer != null) {
                writer.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (root != null) {
                root.close();
            }
            empty.values().forEach(dictionary -> dictionary.getVector().close());
        }
    }

    /** The dictionaries of the batch that is being printed. */
    private static final class Current implements DictionaryProvider {
        private DictionaryProvider provider = new MapDictionaryProvider();

        @Override
        public @Nullable Dictionary lookup(long id) {
            return provider.lookup(id);
        }

        @Override
        public Set<Long> getDictionaryIds() {
            return provider.getDictionaryIds();
        }
    }

    /** The stream stays with the one who gave it. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
