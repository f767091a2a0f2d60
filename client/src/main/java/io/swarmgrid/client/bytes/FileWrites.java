package io.swarmgrid.client.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/*
 * Linux takes one piece of memory for what one call writes, where it can (large folios, in ext4 since 6.16): for a mebibyte one of that
 * size. A virtual machine that gives its free memory back to the host has to have such pieces from there again, page by page. Seen
 * with 6.18 in such a machine, once the memory was free: 0.5 GB/s by calls of 1 MiB, 4.5 to 5 GB/s by calls of 256 KiB, which find
 * smaller pieces that are in use already. Elsewhere four calls cost no more than one.
 */
/** Writes into files: all of it, in calls that are not too large. */
public final class FileWrites {
    private static final int MAX_BYTES = 256 << 10;

    private FileWrites() {}

    /** All bytes that remain in the buffer, from a position of the file on. Where it throws, some of them may be written. */
    public static void fully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        int end = bytes.limit();
        long at = position;
        try {
            while (bytes.position() < end) {
                bytes.limit(Math.min(end, bytes.position() + MAX_BYTES));
                at += channel.write(bytes, at);
            }
        } finally {
            bytes.limit(end);
        }
    }
}
