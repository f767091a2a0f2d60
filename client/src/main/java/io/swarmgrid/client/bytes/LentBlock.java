package io.swarmgrid.client.bytes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sealed block of a file, lent to a reader on the node's own machine.
 *
 * @param offset of the block in the file
 * @param endOffset in the file, behind the last byte of the block that the file uses
 * @param lengthBytes of the block, of which the file may use only the beginning
 * @param file where it can be opened until the call ends; null where it is not on the node that answers, or not to be had
 * @param fileKey device and inode of the file, so that a file of the same name elsewhere is not taken for it
 * @param checksums CRC32C of each {@link #SPAN_BYTES} of the block, four bytes each, the highest first; none where {@code file} is null
 * @param holders locations of the nodes that have it, where {@code file} is null
 */
@SuppressWarnings("ArrayRecordComponent") // made to be read once; never compared
public record LentBlock(
        long offset,
        long endOffset,
        long lengthBytes,
        @Nullable String file,
        @Nullable String fileKey,
        byte[] checksums,
        List<String> holders) {
    /** What a checksum is of; the last span of a block may be shorter. */
    public static final int SPAN_BYTES = 64 << 10;

    public LentBlock {
        holders = List.copyOf(holders);
    }
}
