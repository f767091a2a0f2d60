package io.swarmgrid.storage.dataset;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * Decompresses a record batch before vectors are loaded from it, so that it can be looked at like any other. (The library does
 * it while it loads, and keeps what it has decompressed where that fails.)
 */
final class Decompression {
    /** LZ4 makes nothing smaller than this part of it: a longest match takes a byte for each 255. */
    private static final long LZ4_MAX_RATIO = 255;

    private Decompression() {}

    /**
     * @param batch taken over
     * @return the same where it is not compressed; the caller closes it
     * @throws RuntimeException whatever the library says of bytes that it cannot decompress; nothing is kept
     */
    static ArrowRecordBatch of(ArrowRecordBatch batch, BufferAllocator allocator) {
        byte codecId = batch.getBodyCompression().getCodec();
        if (codecId == NoCompressionCodec.COMPRESSION_TYPE) {
            return batch;
        }
        List<ArrowBuf> plain = new ArrayList<>(batch.getBuffers().size());
        try (batch) {
            CompressionCodec codec = CommonsCompressionFactory.INSTANCE.createCodec(
                    CompressionUtil.CodecType.fromCompressionType(codecId));
            for (ArrowBuf buffer : batch.getBuffers()) {
                plain.add(buffer.capacity() == 0 ? allocator.getEmpty() : decompress(codec, buffer, allocator));
            }
            return new ArrowRecordBatch(
                    batch.getLength(),
                    batch.getNodes(),
                    plain,
                    NoCompressionCodec.DEFAULT_BODY_COMPRESSION,
                    batch.getVariadicBufferCounts(),
                    true);
        } finally {
            plain.forEach(ArrowBuf::close); // the batch has references of its own
        }
    }

    /** Leaves the compressed buffer to its owner: the codec releases what it is given, but only where it succeeds. */
    private static ArrowBuf decompress(CompressionCodec codec, ArrowBuf buffer, BufferAllocator allocator) {
        checkLength(codec, buffer);
        buffer.getReferenceManager().retain();
        try {
            return codec.decompress(allocator, buffer);
        } catch (RuntimeException e) {
            buffer.getReferenceManager().release();
            throw e;
        }
    }

    /** The codec of LZ4 takes as much of the heap as the buffer says that it will need, before it looks at its bytes. */
    private static void checkLength(CompressionCodec codec, ArrowBuf buffer) {
        long compressed = buffer.capacity() - CompressionUtil.SIZE_OF_UNCOMPRESSED_LENGTH;
        if (codec.getCodecType() != CompressionUtil.CodecType.LZ4_FRAME || compressed < 0) {
            return;
        }
        long length = buffer.getLong(0);
        if (length != CompressionUtil.NO_COMPRESSION_LENGTH && (length < 0 || length > compressed * LZ4_MAX_RATIO)) {
            throw new IllegalArgumentException("a buffer of " + compressed + " bytes says it holds " + length);
        }
    }
}
