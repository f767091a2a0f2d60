package io.swarmgrid.mount.file;

import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The room on a local disk for files that are being written: one bound for all of them. Thread-safe. */
public final class SpoolSpace {
    private final Path directory;
    private final long limitBytes;
    private final AtomicLong takenBytes = new AtomicLong();

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
}
