package io.swarmgrid.mount.file;

import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The room for files that are being written, on a local disk and in memory: one bound of each for all of them. Thread-safe. */
public final class SpoolSpace {
    /** A thousand small files that are written at once. What does not fit goes to the disk. */
    static final long MEMORY_BYTES = 64L << 20;

    private final Path directory;
    private final long limitBytes;
    private final AtomicLong takenBytes = new AtomicLong();
    private final AtomicLong memoryBytes = new AtomicLong();

    /** @param directory where they lie, without a name */
    public SpoolSpace(Path directory, long limitBytes) {
        this.directory = directory;
        this.limitBytes = limitBytes;
    }

    Path directory() {
        return directory;
    }

    long limitBytes() {
        return limitBytes;
    }

    long takenBytes() {
        return takenBytes.get();
    }

    long memoryBytes() {
        return memoryBytes.get();
    }

    /** Throws ENOSPC where there is no room. */
    void take(long bytes) {
        if (takenBytes.addAndGet(bytes) > limitBytes) {
            takenBytes.addAndGet(-bytes);
            throw new Refusal(
                    Errno.ENOSPC, "no room for " + bytes + " bytes more of files being rewritten: --spool-size");
        }
    }

    void giveBack(long bytes) {
        takenBytes.addAndGet(-bytes);
    }

    /** Returns false where there is no room in memory. */
    boolean takeMemory(long bytes) {
        if (memoryBytes.addAndGet(bytes) > MEMORY_BYTES) {
            memoryBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveMemoryBack(long bytes) {
        memoryBytes.addAndGet(-bytes);
    }
}
