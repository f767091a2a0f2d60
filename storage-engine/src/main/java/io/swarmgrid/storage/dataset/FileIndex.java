package io.swarmgrid.storage.dataset;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.file.FileReader;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What the footer of an Arrow IPC file says. Immutable.
 *
 * @param schema as it is in messages
 * @param firstRows of each batch, and at the end the rows of all
 * @param messagesEnd where the footer begins
 * @param streamable whether the bytes up to the footer are an Arrow IPC stream, as our own files are
 * @param weightBytes about what this takes in memory
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FileIndex(
        Schema schema,
        List<ArrowBlock> dictionaries,
        List<ArrowBlock> batches,
        long[] firstRows,
        long messagesEnd,
        boolean streamable,
        int weightBytes) {
    private static final int TAIL_BYTES = 64 << 10;
    private static final int END_BYTES = Integer.BYTES + ArrowFileWriting.MAGIC.length;
    /** A footer as objects takes a few times what it takes as bytes. */
    private static final int OBJECTS_PER_BYTE = 4;

    long rows() {
        return firstRows[batches.size()];
    }

    /** @throws GridException CORRUPT_DATA where the file is no sound Arrow file */
    static FileIndex read(FileReader file) {
        long length = file.lengthBytes();
        if (length < ArrowFileWriting.FIRST_MESSAGE + END_BYTES) {
            throw corrupt(file, "it has " + length + " bytes", null);
        }
        int tailBytes = (int) Math.min(length, TAIL_BYTES);
        ByteBuf tail = file.read(length - tailBytes, tailBytes);
        try {
            for (int i = 0; i < ArrowFileWriting.MAGIC.length; i++) {
                if (tail.getByte(tail.writerIndex() - ArrowFileWriting.MAGIC.length + i) != ArrowFileWriting.MAGIC[i]) {
                    throw corrupt(file, "it does not end as one", null);
                }
            }
            int footerBytes = tail.getIntLE(tail.writerIndex() - END_BYTES);
            long footerAt = length - END_BYTES - footerBytes;
            if (footerBytes <= 0 || footerAt < ArrowFileWriting.FIRST_MESSAGE) {
                throw corrupt(file, "a footer of " + footerBytes + " bytes", null);
            }
            if (footerBytes + END_BYTES <= tailBytes) {
                int at = tail.writerIndex() - END_BYTES - footerBytes;
                return parse(file, tail.nioBuffer(at, footerBytes), footerAt);
            }
        } finally {
            tail.release();
        }
        return readLarge(file, length);
    }

    private static FileIndex readLarge(FileReader file, long length) {
        ByteBuf end = file.read(length - END_BYTES, END_BYTES);
        int footerBytes = end.getIntLE(end.readerIndex());
        end.release();
        long footerAt = length - END_BYTES - footerBytes;
        ByteBuf footer = file.read(footerAt, footerBytes);
        try {
            return parse(file, footer.nioBuffer(), footerAt);
        } finally {
            footer.release();
        }
    }

    private static FileIndex parse(FileReader file, ByteBuffer bytes, long footerAt) {
        try {
            int weight = OBJECTS_PER_BYTE * bytes.remaining();
            Footer table = Footer.getRootAsFooter(bytes);
            TableCheck.check(table, bytes.remaining());
            ArrowFooter footer = new ArrowFooter(table);
            for (ArrowBlock block : footer.getRecordBatches()) {
                checkBlock(file, block, footerAt);
            }
            for (ArrowBlock block : footer.getDictionaries()) {
                checkBlock(file, block, footerAt);
            }
            String counts = footer.getMetaData().get(ArrowFileWriting.BATCH_ROWS);
            long[] firstRows = counts == null
                    ? countRows(file, footer.getRecordBatches())
                    : firstRows(file, counts, footer.getRecordBatches().size());
            return new FileIndex(
                    footer.getSchema(),
                    footer.getDictionaries(),
                    footer.getRecordBatches(),
                    firstRows,
                    footerAt,
                    counts != null,
                    weight);
        } catch (GridException e) {
            throw e;
        } catch (RuntimeException e) {
            // Tables are not verified before they are read: the library falls over damage in many ways.
            throw corrupt(file, "its footer is damaged", e);
        }
    }

    private static void checkBlock(FileReader file, ArrowBlock block, long footerAt) {
        long end = block.getOffset() + block.getMetadataLength() + block.getBodyLength();
        if (block.getOffset() < ArrowFileWriting.FIRST_MESSAGE
                || block.getMetadataLength() < ArrowFileWriting.PREFIX_BYTES
                || block.getBodyLength() < 0
                || end > footerAt) {
            throw corrupt(file, "a message at " + block.getOffset() + " up to " + end, null);
        }
    }

    private static long[] firstRows(FileReader file, String counts, int batches) {
        String[] texts = counts.isEmpty() ? new String[0] : counts.split(" ");
        if (texts.length != batches) {
            throw corrupt(file, texts.length + " row counts of " + batches + " batches", null);
        }
        long[] firstRows = new long[batches + 1];
        for (int i = 0; i < batches; i++) {
            firstRows[i + 1] = firstRows[i] + Integer.parseUnsignedInt(texts[i]);
        }
        return firstRows;
    }

    /** Of a file that another program wrote: its footer does not say how many rows a batch has. */
    private static long[] countRows(FileReader file, List<ArrowBlock> batches) {
        long[] firstRows = new long[batches.size() + 1];
        for (int i = 0; i < batches.size(); i++) {
            ByteBuf metadata =
                    file.read(batches.get(i).getOffset(), batches.get(i).getMetadataLength());
            try {
                Message message = BatchMessage.parse(metadata.nioBuffer());
                RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
                firstRows[i + 1] = firstRows[i] + batch.length();
            } finally {
                metadata.release();
            }
        }
        return firstRows;
    }

    static GridException corrupt(FileReader file, String what, @Nullable Throwable cause) {
        return new GridException(
                ErrorCode.CORRUPT_DATA,
                "no sound Arrow file: " + file.layout().status().path() + ": " + what,
                file.layout().status().path(),
                null,
                cause);
    }
}
