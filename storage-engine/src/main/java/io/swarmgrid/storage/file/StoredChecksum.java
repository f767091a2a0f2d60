package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.FileLayout;

/**
 * The CRC32C of a file, put together from those that its blocks were sealed with: nothing is read of a block that is all the file's.
 * Of one that is cut, or still written, what counts is read.
 */
public final class StoredChecksum {
    private static final int CHUNK_BYTES = 1 << 20;

    private StoredChecksum() {}

    /**
     * Of its first bytes.
     *
     * @param lengthBytes how many, at most as many as there are
     * @throws io.swarmgrid.client.GridException as {@link FileReader#read}
     */
    public static int of(FileReader file, long lengthBytes) {
        FileLayout layout = file.layout();
        byte[] inline = layout.inline();
        if (inline != null) {
            return Crc32c.of(Unpooled.wrappedBuffer(inline, 0, Math.toIntExact(lengthBytes)));
        }
        if (layout.blocks().isEmpty() && lengthBytes > 0) {
            return read(file, 0, lengthBytes); // of an outer store, which has sealed nothing
        }
        int sum = 0;
        for (int i = 0; i < layout.blocks().size(); i++) {
            BlockRecord block = layout.blocks().get(i);
            long used = Math.min(layout.usedBytes(i), lengthBytes - block.offset());
            if (used <= 0) {
                continue;
            }
            boolean whole = block.state() == BlockState.SEALED && used == block.lengthBytes();
            int part = whole ? block.crc32c() : read(file, block.offset(), used);
            sum = Crc32c.combine(sum, part, used);
        }
        return sum;
    }

    private static int read(FileReader file, long offset, long lengthBytes) {
        int sum = 0;
        for (long done = 0; done < lengthBytes; ) {
            int length = (int) Math.min(CHUNK_BYTES, lengthBytes - done);
            ByteBuf chunk = file.read(offset + done, length);
            try {
                sum = Crc32c.combine(sum, Crc32c.of(chunk), length);
            } finally {
                chunk.release();
            }
            done += length;
        }
        return sum;
    }
}
