package io.swarmgrid.node.bench;

import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

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
    /** Smaller files are no part of what is read cold. */
    private static final long EVICTED_BYTES = 1 << 20;

    private static final Duration PATIENCE = Duration.ofMinutes(1);
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

    /**
     * Has the machine forget the files below the directory, so that the next read of them comes from the disk. By the files
     * and not by /proc/sys/vm/drop_caches, which would give all memory back: the next read would then measure how fast that
     * is handed out again.
     *
     * @throws GridException INTERNAL where {@code dd} cannot
     */
    static void evict(Path directory, Path log) throws IOException, InterruptedException {
        for (Map.Entry<Path, Long> file : DiskFiles.below(directory).entrySet()) {
            if (file.getValue() >= EVICTED_BYTES) {
                evictFile(file.getKey(), log);
            }
        }
    }

    private static void evictFile(Path file, Path log) throws IOException, InterruptedException {
        try {
            // Pages that are not on the disk yet stay: they are forced there first.
            Shell.run(List.of("sync", file.toString()), log, PATIENCE, line -> {});
            Shell.run(
                    List.of("dd", "if=" + file, "iflag=nocache", "count=0", "status=none"), log, PATIENCE, line -> {});
        } catch (GridException e) {
            // The bytes of a file that was removed go when it suits the store.
            if (Files.exists(file)) {
                throw e;
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
