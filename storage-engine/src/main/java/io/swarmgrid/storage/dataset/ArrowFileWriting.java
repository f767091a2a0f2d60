package io.swarmgrid.storage.dataset;

import com.google.flatbuffers.FlatBufferBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.batch.BatchPlan;
import io.swarmgrid.storage.file.FileWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.MetadataVersion;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes one Arrow IPC file whose messages' bodies and buffers all begin at multiples of {@value #ALIGNMENT} bytes. The
 * library's own writer aligns to 8 and writes buffer by buffer; here each message is one buffer that the file takes over.
 * Confined to one thread.
 */
final class ArrowFileWriting implements AutoCloseable {
    static final int ALIGNMENT = 64;
    /** In the footer: how many rows each record batch has, so that a range of rows is found without reading them. */
    static final String BATCH_ROWS = "swarmgrid.batch_rows";

    static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);
    /** Where the first message begins: the magic, padded. From there to the footer the file is an Arrow IPC stream. */
    static final int FIRST_MESSAGE = 8;

    static final int CONTINUATION = 0xffffffff;
    static final int PREFIX_BYTES = 8;

    private final FileWriter out;
    private final Schema schema;
    private final Compression compression;
    private final BufferAllocator allocator;
    private final List<ArrowBlock> dictionaries = new ArrayList<>();
    private final List<ArrowBlock> batches = new ArrayList<>();
    private final StringBuilder batchRows = new StringBuilder();
    private long rows;

    /**
     * Begins the file.
     *
     * @param out taken over
     * @param schema as it is in messages
     * @param allocator for buffers that are compressed
     */
    ArrowFileWriting(FileWriter out, Schema schema, Compression compression, BufferAllocator allocator) {
        this.out = out;
        this.schema = schema;
        this.compression = compression;
        this.allocator = allocator;
    }

    void begin() {
        ByteBuffer message = MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT);
        int framed = framed(FIRST_MESSAGE, message.remaining());
        ByteBuf head = direct(FIRST_MESSAGE + (long) framed);
        head.writeBytes(MAGIC).writeZero(FIRST_MESSAGE - MAGIC.length);
        frame(head, message, framed);
        out.write(head);
    }

    void dictionary(long id, BatchPlan plan) {
        try (BatchBody body = BatchBody.of(plan, compression, allocator)) {
            dictionaries.add(write(body, new Messages(compression).dictionary(plan, body.partBytes(), id)));
        }
    }

    void batch(BatchPlan plan) {
        try (BatchBody body = BatchBody.of(plan, compression, allocator)) {
            batches.add(write(body, new Messages(compression).batch(plan, body.partBytes())));
        }
        rows += plan.rows();
        batchRows.append(batchRows.isEmpty() ? "" : " ").append(plan.rows());
    }

    long rows() {
        return rows;
    }

    long sizeBytes() {
        return out.position();
    }

    /** Writes the footer and makes the file visible. */
    FileStatus commit() {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        ArrowFooter footer = new ArrowFooter(
                schema, dictionaries, batches, Map.of(BATCH_ROWS, batchRows.toString()), MetadataVersion.V5);
        builder.finish(footer.writeTo(builder));
        ByteBuffer table = builder.dataBuffer();
        int size = table.remaining();
        ByteBuf tail = direct(PREFIX_BYTES + (long) size + Integer.BYTES + MAGIC.length);
        tail.writeIntLE(CONTINUATION)
                .writeIntLE(0)
                .writeBytes(table)
                .writeIntLE(size)
                .writeBytes(MAGIC);
        out.write(tail);
        return out.commit();
    }

    /** Gives the file up, unless committed. */
    @Override
    public void close() {
        out.close();
    }

    private ArrowBlock write(BatchBody body, ByteBuffer message) {
        long offset = out.position();
        int framed = framed(offset, message.remaining());
        long bodyBytes = Messages.bodyBytes(body.partBytes());
        ByteBuf bytes = direct(framed + bodyBytes);
        try {
            frame(bytes, message, framed);
            body.fill(address(bytes) + framed);
            bytes.writerIndex((int) (framed + bodyBytes));
            out.write(bytes.retain());
            return new ArrowBlock(offset, framed, bodyBytes);
        } finally {
            bytes.release();
        }
    }

    /** Size of a message's metadata with prefix and padding, so that what follows is aligned in the file. */
    private static int framed(long offset, int messageBytes) {
        return (int) (BatchPlan.align(offset + PREFIX_BYTES + messageBytes, ALIGNMENT) - offset);
    }

    private static void frame(ByteBuf target, ByteBuffer message, int framed) {
        int padding = framed - PREFIX_BYTES - message.remaining();
        target.writeIntLE(CONTINUATION).writeIntLE(framed - PREFIX_BYTES);
        target.writeBytes(message).writeZero(padding);
    }

    private static ByteBuf direct(long sizeBytes) {
        if (sizeBytes > Integer.MAX_VALUE) {
            throw GridException.invalid("a single row takes " + sizeBytes + " bytes, at most 2 GiB are possible");
        }
        return PooledByteBufAllocator.DEFAULT.directBuffer((int) sizeBytes, (int) sizeBytes);
    }

    private static long address(ByteBuf bytes) {
        return bytes.hasMemoryAddress()
                ? bytes.memoryAddress()
                : MemoryUtil.getByteBufferAddress(bytes.internalNioBuffer(0, bytes.capacity()));
    }
}
