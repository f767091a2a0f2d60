package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.wire.FileStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything needed to read one version of a file: its bytes if it is inlined, else its blocks in order, without gaps.
 *
 * @param inline the bytes of a small file, not to be changed; null where the file has blocks
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying 4 KiB a read would be waste
public record FileLayout(FileStatus status, byte @Nullable [] inline, List<BlockRecord> blocks) {
    public FileLayout {
        blocks = List.copyOf(blocks);
    }

    /** Of a file that the grid has nothing of itself. */
    @SuppressWarnings("NullAway") // which takes the annotation of an array for one of what is in it
    public static FileLayout elsewhere(FileStatus status) {
        return new FileLayout(status, null, List.of());
    }

    /** How much of a block is the file's: an open one may have more by now than is shown. */
    public long usedBytes(int index) {
        BlockRecord block = blocks.get(index);
        long end = index + 1 < blocks.size() ? blocks.get(index + 1).offset() : lengthBytes();
        return Math.min(block.lengthBytes(), end - block.offset());
    }

    public long lengthBytes() {
        return status.sizeBytes();
    }
}
