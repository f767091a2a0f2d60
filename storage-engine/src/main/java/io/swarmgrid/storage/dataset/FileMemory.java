package io.swarmgrid.storage.dataset;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.storage.file.FileReader;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.util.MemoryUtil;

/** Bytes of a file as Arrow's memory, without a copy where one read gives them. */
final class FileMemory {
    /** More than this at once is read piece by piece, so as not to ask the pool of chunks for too much; it is copied. */
    private static final int READ_BYTES = 8 << 20;

    private FileMemory() {}

    /**
     * Reads exactly {@code length} bytes, which the caller releases; then the reader's buffer goes back to its pool, whatever
     * has become of the reader.
     */
    static ArrowBuf read(FileReader file, long position, long length, BufferAllocator allocator) {
        return length > READ_BYTES
                ? gather(file, position, length, allocator)
                : wrap(file.read(position, (int) length), allocator);
    }

    private static ArrowBuf wrap(ByteBuf bytes, BufferAllocator allocator) {
        if (!bytes.hasMemoryAddress()) {
            try {
                ArrowBuf copy = allocator.buffer(bytes.readableBytes());
                copy.setBytes(0, bytes.nioBuffer());
                return copy.writerIndex(bytes.readableBytes());
            } finally {
                bytes.release();
            }
        }
        try {
            return allocator.wrapForeignAllocation(new Chunk(bytes));
        } catch (RuntimeException e) {
            bytes.release();
            throw e;
        }
    }

    private static ArrowBuf gather(FileReader file, long position, long length, BufferAllocator allocator) {
        ArrowBuf all = allocator.buffer(length);
        try {
            for (long done = 0; done < length; ) {
                int piece = (int) Math.min(READ_BYTES, length - done);
                try (ArrowBuf part = wrap(file.read(position + done, piece), allocator)) {
                    MemoryUtil.copyMemory(part.memoryAddress(), all.memoryAddress() + done, piece);
                }
                done += piece;
            }
            return all.writerIndex(length);
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    /** A pooled buffer whose owner, from now on, is Arrow. */
    private static final class Chunk extends ForeignAllocation {
        private final ByteBuf bytes;

        Chunk(ByteBuf bytes) {
            super(bytes.readableBytes(), bytes.memoryAddress() + bytes.readerIndex());
            this.bytes = bytes;
        }

        @Override
        protected void release0() {
            bytes.release();
        }
    }
}
