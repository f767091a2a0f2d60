package io.swarmgrid.node.flight;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.reader.FieldReader;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;

/**
 * The column of a stream of raw bytes, for sending alone: it lends the buffer it was given and has no validity buffer, which
 * a column without nulls may leave out (the stock vector would make one for each batch and send it along, an eighth more).
 * Confined to one thread.
 */
final class RawVector extends BaseFixedWidthVector {
    private @Nullable ArrowBuf bytes;

    RawVector(BufferAllocator allocator) {
        super(RawBytes.FIELD, allocator, UInt1Vector.TYPE_WIDTH);
    }

    /** Takes the ownership of the buffer, which is released when the last message that holds it is sent. */
    void lend(ByteBuf buffer) {
        release();
        int length = buffer.readableBytes();
        bytes = length == 0 ? empty(buffer) : wrap(buffer, length);
        valueCount = length;
    }

    int length() {
        return valueCount;
    }

    void release() {
        if (bytes != null) {
            bytes.getReferenceManager().release();
            bytes = null;
            valueCount = 0;
        }
    }

    private ArrowBuf empty(ByteBuf buffer) {
        buffer.release();
        return getAllocator().getEmpty();
    }

    private ArrowBuf wrap(ByteBuf buffer, int length) {
        if (!buffer.hasMemoryAddress()) {
            try {
                ArrowBuf copy = getAllocator().buffer(length);
                copy.setBytes(0, buffer.nioBuffer());
                copy.writerIndex(length);
                return copy;
            } finally {
                buffer.release();
            }
        }
        ArrowBuf wrapped = getAllocator()
                .wrapForeignAllocation(new ForeignAllocation(length, buffer.memoryAddress() + buffer.readerIndex()) {
                    @Override
                    protected void release0() {
                        buffer.release();
                    }
                });
        wrapped.writerIndex(length);
        return wrapped;
    }

    @Override
    public List<ArrowBuf> getFieldBuffers() {
        ArrowBuf present = bytes;
        return List.of(
                getAllocator().getEmpty(), present == null ? getAllocator().getEmpty() : present);
    }

    @Override
    public int getNullCount() {
        return 0;
    }

    @Override
    public void close() {
        release();
        super.close();
    }

    @Override
    public MinorType getMinorType() {
        return MinorType.UINT1;
    }

    @Override
    protected FieldReader getReaderImpl() {
        throw sendOnly();
    }

    @Override
    public Object getObject(int index) {
        throw sendOnly();
    }

    @Override
    public TransferPair getTransferPair(String ref, BufferAllocator allocator) {
        throw sendOnly();
    }

    @Override
    public TransferPair getTransferPair(Field field, BufferAllocator allocator) {
        throw sendOnly();
    }

    @Override
    public TransferPair makeTransferPair(ValueVector target) {
        throw sendOnly();
    }

    private static UnsupportedOperationException sendOnly() {
        return new UnsupportedOperationException("a raw vector can only be sent");
    }
}
