package io.swarmgrid.storage.block;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.bytes.LentBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/** CRC32C of every span of a block, and of the whole, folded up as its bytes go by. Confined to one thread. */
final class SpanChecksums {
    static final int SPAN_BYTES = LentBlock.SPAN_BYTES;

    private final CRC32C whole = new CRC32C();
    private final CRC32C span = new CRC32C();
    private int[] spans = new int[16];
    private long lengthBytes;

    /** How many spans a block of that length has. */
    static int count(long lengthBytes) {
        return Math.toIntExact((lengthBytes + SPAN_BYTES - 1) / SPAN_BYTES);
    }

    /** Takes the remaining bytes of the buffer, whose position moves to its limit. */
    void add(ByteBuffer bytes) {
        int limit = bytes.limit();
        while (bytes.hasRemaining()) {
            int filled = (int) (lengthBytes % SPAN_BYTES);
            int part = Math.min(limit - bytes.position(), SPAN_BYTES - filled);
            int start = bytes.position();
            bytes.limit(start + part);
            span.update(bytes);
            // Right after, so that the bytes are still in the processor's cache.
            bytes.position(start);
            whole.update(bytes);
            bytes.limit(limit);
            lengthBytes += part;
            if (filled + part == SPAN_BYTES) {
                closeSpan((int) (lengthBytes / SPAN_BYTES) - 1);
            }
        }
    }

    long lengthBytes() {
        return lengthBytes;
    }

    int whole() {
        return (int) whole.getValue();
    }

    /** One checksum for each span so far, the last of which may be short. */
    int[] spans() {
        int[] all = Arrays.copyOf(spans, count(lengthBytes));
        if (lengthBytes % SPAN_BYTES != 0) {
            all[all.length - 1] = (int) span.getValue();
        }
        return all;
    }

    /**
     * The first span of the bytes that does not fit its checksum, or -1.
     *
     * @param bytes whole spans from {@code firstSpan} on; the last may be the short one at the end of the block
     */
    static int firstBad(ByteBuf bytes, int[] spans, int firstSpan) {
        CRC32C crc = new CRC32C();
        int length = bytes.readableBytes();
        for (int from = 0, index = firstSpan; from < length; from += SPAN_BYTES, index++) {
            crc.reset();
            crc.update(bytes.nioBuffer(bytes.readerIndex() + from, Math.min(SPAN_BYTES, length - from)));
            if ((int) crc.getValue() != spans[index]) {
                return index;
            }
        }
        return -1;
    }

    /**
     * The checksums of the beginning of the same bytes, which are read again for that: those of all spans are checked, the
     * last one's is new.
     *
     * @return empty where the file no longer holds what was summed up
     */
    Optional<SpanChecksums> cutTo(long shorterBytes, FileChannel file, ChunkBuffers buffers) throws IOException {
        int[] known = spans();
        SpanChecksums shorter = new SpanChecksums();
        ByteBuf buffer = buffers.take(SPAN_BYTES);
        try {
            for (int index = 0; shorter.lengthBytes() < shorterBytes; index++) {
                long from = (long) index * SPAN_BYTES;
                int length = (int) Math.min(SPAN_BYTES, lengthBytes - from);
                boolean complete = Disk.readFully(file, buffer.nioBuffer(0, length), from);
                buffer.setIndex(0, length);
                if (!complete || firstBad(buffer, known, index) >= 0) {
                    return Optional.empty();
                }
                shorter.add(buffer.nioBuffer(0, (int) Math.min(length, shorterBytes - from)));
            }
            return Optional.of(shorter);
        } finally {
            buffer.release();
        }
    }

    private void closeSpan(int index) {
        if (index == spans.length) {
            spans = Arrays.copyOf(spans, spans.length * 2);
        }
        spans[index] = (int) span.getValue();
        span.reset();
    }
}
