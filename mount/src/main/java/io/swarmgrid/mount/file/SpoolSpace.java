package io.swarmgrid.mount.file;

import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/** The room for files that are being written, on a local disk and in memory: one bound of each for all of them. Thread-safe. */
public final class SpoolSpace {
    /** A thousand small files that are written at once. What does not fit goes to the disk. */
    static final long MEMORY_BYTES = 64L << 20;

    private static final String FULL = "No space left on device";

    private final Path directory;
    private final long limitBytes;
    private final Files files;
    private final AtomicLong takenBytes = new AtomicLong();
    private final AtomicLong memoryBytes = new AtomicLong();

    /** Makes a file that can be read and written. */
    @FunctionalInterface
    interface Files {
        FileChannel make() throws IOException;
    }

    /** @param directory where they lie, without a name */
    public SpoolSpace(Path directory, long limitBytes) {
        this(directory, limitBytes, () -> nameless(directory));
    }

    SpoolSpace(Path directory, long limitBytes, Files files) {
        this.directory = directory;
        this.limitBytes = limitBytes;
        this.files = files;
    }

    private static FileChannel nameless(Path directory) throws IOException {
        Path path = java.nio.file.Files.createTempFile(directory, "swarm-mount-", "");
        try {
            return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            java.nio.file.Files.delete(path);
        }
    }

    FileChannel create() throws IOException {
        return files.make();
    }

    /** The disk itself may be full before the bound is reached: that is the same answer. Java has no code for it, only the text. */
    RuntimeException cannotWrite(IOException e) {
        String message = "cannot write a local copy in " + directory;
        return String.valueOf(e.getMessage()).contains(FULL)
                ? new Refusal(Errno.ENOSPC, message + ": " + e.getMessage())
                : new UncheckedIOException(message, e);
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
