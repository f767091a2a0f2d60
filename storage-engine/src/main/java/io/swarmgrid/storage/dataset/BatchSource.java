package io.swarmgrid.storage.dataset;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.file.FileReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;

/** Reads batches of one open file, or some columns of them, and decompresses what is compressed. Confined to one thread. */
final class BatchSource {
    /** From this size on it may pay to read only the buffers that are wanted. */
    private static final long LARGE_BODY_BYTES = 256 << 10;
    /** Less than this between two buffers is read along: it is the span of one checksum. */
    private static final long GAP_BYTES = 64 << 10;

    private final FileReader file;
    private final BufferAllocator allocator;
    private final List<Field> fields;
    private final int[] columns;
    private final boolean few;

    /**
     * @param fields all of the file's, as in memory
     * @param columns the places of those wanted
     */
    BatchSource(FileReader file, BufferAllocator allocator, List<Field> fields, int[] columns) {
        this.file = file;
        this.allocator = allocator;
        this.fields = fields;
        this.columns = columns;
        this.few = columns.length * 2 <= fields.size();
    }

    /** The wanted columns of a batch; the caller closes it. */
    ArrowRecordBatch batch(ArrowBlock block) {
        try {
            return few && block.getBodyLength() >= LARGE_BODY_BYTES ? readParts(block) : readWhole(block);
        } catch (RuntimeException e) {
            throw damaged(block, e);
        }
    }

    /** A dictionary, whose values are the one column; the caller closes it. */
    ArrowDictionaryBatch dictionary(ArrowBlock block) {
        try (ArrowBuf bytes = readAll(block)) {
            Message message = BatchMessage.parse(bytes.nioBuffer(0, block.getMetadataLength()));
            DictionaryBatch dictionary = BatchMessage.dictionary(message);
            if (dictionary.isDelta()) {
                throw FileIndex.corrupt(file, "dictionary " + dictionary.id() + " is in several parts", null);
            }
            BatchMessage batch = BatchMessage.of(dictionary.data(), fields, columns);
            return new ArrowDictionaryBatch(dictionary.id(), assemble(batch, List.of(bodyOf(bytes, block))), false);
        } catch (RuntimeException e) {
            throw damaged(block, e);
        }
    }

    /** The id of a dictionary. */
    long dictionaryId(ArrowBlock block) {
        ByteBuf metadata = file.read(block.getOffset(), block.getMetadataLength());
        try {
            return BatchMessage.dictionary(BatchMessage.parse(metadata.nioBuffer()))
                    .id();
        } catch (RuntimeException e) {
            throw damaged(block, e);
        } finally {
            metadata.release();
        }
    }

    private RuntimeException damaged(ArrowBlock block, RuntimeException e) {
        // What the library throws over tables that make no sense, which it does not verify.
        return e instanceof GridException || e instanceof OutOfMemoryException
                ? e
                : FileIndex.corrupt(file, "the message at " + block.getOffset() + " is damaged", e);
    }

    private ArrowBuf readAll(ArrowBlock block) {
        return FileMemory.read(file, block.getOffset(), block.getMetadataLength() + block.getBodyLength(), allocator);
    }

    private ArrowRecordBatch readWhole(ArrowBlock block) {
        try (ArrowBuf bytes = readAll(block)) {
            Message message = BatchMessage.parse(bytes.nioBuffer(0, block.getMetadataLength()));
            BatchMessage batch = BatchMessage.of(BatchMessage.recordBatch(message), fields, columns);
            return assemble(batch, List.of(bodyOf(bytes, block)));
        }
    }

    private static Piece bodyOf(ArrowBuf bytes, ArrowBlock block) {
        return new Piece(0, block.getBodyLength(), bytes.slice(block.getMetadataLength(), block.getBodyLength()));
    }

    /** First what the message says, then only the ranges of the body that hold wanted buffers. */
    private ArrowRecordBatch readParts(ArrowBlock block) {
        ByteBuf metadata = file.read(block.getOffset(), block.getMetadataLength());
        BatchMessage batch;
        try {
            Message message = BatchMessage.parse(metadata.nioBuffer());
            batch = BatchMessage.of(BatchMessage.recordBatch(message), fields, columns);
        } finally {
            metadata.release();
        }
        List<Piece> pieces = new ArrayList<>();
        try {
            for (BatchMessage.Span range : ranges(batch.spans(), block.getBodyLength())) {
                long position = block.getOffset() + block.getMetadataLength() + range.offset();
                ArrowBuf bytes = FileMemory.read(file, position, range.length(), allocator);
                pieces.add(new Piece(range.offset(), range.length(), bytes));
            }
            return assemble(batch, pieces);
        } finally {
            pieces.forEach(piece -> piece.bytes().close());
        }
    }

    private static List<BatchMessage.Span> ranges(List<BatchMessage.Span> spans, long bodyBytes) {
        List<BatchMessage.Span> ranges = new ArrayList<>();
        spans.stream()
                .filter(span -> span.length() > 0)
                .sorted(Comparator.comparingLong(BatchMessage.Span::offset))
                .forEach(span -> {
                    long end = span.offset() + span.length();
                    if (span.offset() < 0 || end > bodyBytes) {
                        throw new IllegalArgumentException("a buffer at " + span.offset() + " up to " + end);
                    }
                    int last = ranges.size() - 1;
                    if (last >= 0 && span.offset() - end(ranges.get(last)) < GAP_BYTES) {
                        long start = ranges.get(last).offset();
                        long longer = Math.max(end, end(ranges.get(last))) - start;
                        ranges.set(last, new BatchMessage.Span(start, longer));
                    } else {
                        ranges.add(span);
                    }
                });
        return ranges;
    }

    private static long end(BatchMessage.Span span) {
        return span.offset() + span.length();
    }

    /** A range of the body, in memory. */
    private record Piece(long offset, long length, ArrowBuf bytes) {
        boolean holds(BatchMessage.Span span) {
            return span.offset() >= offset && span.length() >= 0 && end(span) <= offset + length;
        }
    }

    /** The batch keeps references of its own. */
    private ArrowRecordBatch assemble(BatchMessage batch, List<Piece> pieces) {
        List<ArrowBuf> buffers = new ArrayList<>(batch.spans().size());
        for (BatchMessage.Span span : batch.spans()) {
            buffers.add(span.length() == 0 ? allocator.getEmpty() : find(pieces, span));
        }
        ArrowRecordBatch stored = new ArrowRecordBatch(
                batch.rows(), batch.nodes(), buffers, batch.compression(), batch.variadicCounts(), true);
        return Decompression.of(stored, allocator);
    }

    private static ArrowBuf find(List<Piece> pieces, BatchMessage.Span span) {
        int low = 0;
        int high = pieces.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (pieces.get(middle).offset() <= span.offset()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        if (pieces.isEmpty() || !pieces.get(low).holds(span)) {
            throw new IllegalArgumentException("a buffer at " + span.offset() + " up to " + end(span));
        }
        Piece piece = pieces.get(low);
        return piece.bytes().slice(span.offset() - piece.offset(), span.length());
    }
}
