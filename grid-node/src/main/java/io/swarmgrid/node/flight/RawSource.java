package io.swarmgrid.node.flight;

import io.swarmgrid.storage.file.FileReader;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** A range of a file as raw bytes, in batches that end where the file's chunks end. */
final class RawSource implements BatchSource {
    private final FileReader reader;
    private final RawVector vector;
    private final VectorSchemaRoot root;
    private final DictionaryProvider dictionaries = new DictionaryProvider.MapDictionaryProvider();
    private final int batchBytes;
    private final long end;
    private long position;

    /** Takes the reader, which is closed with this. */
    RawSource(FileReader reader, BufferAllocator allocator, long offset, long length, int batchBytes) {
        this.reader = reader;
        this.vector = new RawVector(allocator);
        this.root = new VectorSchemaRoot(List.of(RawBytes.FIELD), List.of(vector), 0);
        this.batchBytes = batchBytes;
        this.position = offset;
        this.end = offset + length;
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
        if (position >= end) {
            return false;
        }
        long chunkEnd = (position / batchBytes + 1) * batchBytes;
        int length = (int) (Math.min(end, chunkEnd) - position);
        vector.lend(reader.read(position, length));
        root.setRowCount(length);
        position += length;
        return true;
    }

    @Override
    public long batchBytes() {
        return vector.length();
    }

    @Override
    public void close() {
        root.close();
        reader.close();
    }
}
