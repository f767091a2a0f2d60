package io.swarmgrid.storage.block;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A sealed block that a reader on this machine may open, until this is closed. Thread-safe. */
public final class Loan implements AutoCloseable {
    private final Path file;
    private final long lengthBytes;
    private final int[] checksums;
    private final Lending lender;
    private final AtomicBoolean closed = new AtomicBoolean();

    Loan(Path file, long lengthBytes, int[] checksums, Lending lender) {
        this.file = file;
        this.lengthBytes = lengthBytes;
        this.checksums = checksums;
        this.lender = lender;
    }

    public Path file() {
        return file;
    }

    public long lengthBytes() {
        return lengthBytes;
    }

    /** CRC32C of each {@link io.swarmgrid.client.bytes.LentBlock#SPAN_BYTES} of the block, four bytes each, the highest first; a copy. */
    public byte[] checksums() {
        ByteBuffer bytes = ByteBuffer.allocate(checksums.length * Integer.BYTES);
        bytes.asIntBuffer().put(checksums);
        return bytes.array();
    }

    /** The file cannot be opened by this name any more. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            lender.takeBack(file);
        }
    }
}
