package io.swarmgrid.node.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Brings the machine's memory into the state that it is in on a node which has run for a day: the page cache full, so that a
 * write takes the place of something older. In a virtual machine memory that was free comes from the host page by page when
 * it is first touched, at a tenth of the speed of a copy; whoever of two writers meets more of that looks slower than it is.
 *
 * <p>Only on Linux; elsewhere nothing is done. Not thread-safe.
 */
final class PageCache {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final long LEAVE_FREE_BYTES = 512L << 20;
    private static final long CHECK_EVERY_BYTES = 256L << 20;
    private static final int READ_BYTES = 1 << 20;
    /** A file of holes costs no disk: what is read of it is pages of zeros. */
    private static final long HOLES_BYTES = 1L << 40;

    private final Path holes;
    private long position;

    PageCache(Path directory) {
        this.holes = directory.resolve("holes");
    }

    /** Reads holes until hardly any memory is free, or reading no longer changes that. */
    void fill() throws IOException {
        if (!Files.isReadable(MEMINFO)) {
            return;
        }
        if (!Files.exists(holes)) {
            try (FileChannel file = FileChannel.open(holes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.allocate(1), HOLES_BYTES - 1);
            }
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        try (FileChannel file = FileChannel.open(holes, StandardOpenOption.READ)) {
            long free = freeBytes();
            while (free > LEAVE_FREE_BYTES && position < HOLES_BYTES - CHECK_EVERY_BYTES) {
                for (long end = position + CHECK_EVERY_BYTES; position < end; position += READ_BYTES) {
                    file.read(buffer.clear(), position);
                }
                long left = freeBytes();
                if (left > free - CHECK_EVERY_BYTES / 4) {
                    return;
                }
                free = left;
            }
        }
    }

    private static long freeBytes() throws IOException {
        for (String line : Files.readAllLines(MEMINFO)) {
            if (line.startsWith("MemFree:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        return 0;
    }
}
