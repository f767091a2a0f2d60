package io.swarmgrid.storage.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.SealedBlock;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A block that is being written here, and which call is writing it. Its lock is held during I/O on this one block, so that
 * a call that takes over never overtakes a write of the one before; it is contended only then.
 */
final class OpenReplica {
    private static final long TAKE_OVER_SECONDS = 10;

    private final BlockWriter writer;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private Object owner;

    /** When its call went away; 0 while it has one. */
    private volatile long parkedNanos;

    OpenReplica(BlockWriter writer, Object owner) {
        this.writer = writer;
        this.owner = owner;
    }

    long epoch() {
        return writer.epoch();
    }

    /** Appends; the buffer keeps its indices and its owner. */
    void write(Object caller, ByteBuf bytes) {
        lock.lock();
        try {
            requireOwner(caller);
            for (ByteBuffer piece : bytes.nioBuffers()) {
                writer.write(piece);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Keeps what is there, whatever becomes of the writer. */
    void flush(Object caller, boolean onDevice) {
        lock.lock();
        try {
            requireOwner(caller);
            if (onDevice) {
                writer.force();
            } else {
                writer.flush();
            }
        } finally {
            lock.unlock();
        }
    }

    SealedBlock seal(Object caller) {
        lock.lock();
        try {
            requireOwner(caller);
            return writer.seal();
        } finally {
            lock.unlock();
        }
    }

    /** From now on only {@code next} may write, under a later epoch and after what is there up to {@code lengthBytes}. */
    void takeOver(Object next, long epoch, long lengthBytes) {
        try {
            if (!lock.tryLock(TAKE_OVER_SECONDS, TimeUnit.SECONDS)) {
                throw new GridException(
                        ErrorCode.TIMEOUT, "the disk is busy with block=" + writer.id() + ", epoch=" + writer.epoch());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while taking over block=" + writer.id(), e);
        }
        try {
            writer.epoch(epoch, lengthBytes);
            owner = next;
            parkedNanos = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Its call went away: somebody may take over for a while. */
    void park(Object caller, long nowNanos) {
        lock.lock();
        try {
            if (owner.equals(caller)) {
                parkedNanos = nowNanos == 0 ? 1 : nowNanos;
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isParkedSince(long nowNanos, long graceNanos) {
        long since = parkedNanos;
        return since != 0 && nowNanos - since >= graceNanos;
    }

    boolean isParked() {
        return parkedNanos != 0;
    }

    /** Deletes what was written, unless it was sealed or something of it was flushed. */
    void drop() {
        writer.close();
    }

    /** The same by the call that writes it; false, and nothing done, where another one does by now. */
    boolean drop(Object caller) {
        lock.lock();
        try {
            if (!owner.equals(caller)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        writer.close();
        return true;
    }

    @GuardedBy("lock")
    private void requireOwner(Object caller) {
        if (!owner.equals(caller)) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "another call writes the block by now: block=" + writer.id() + ", epoch=" + writer.epoch());
        }
    }
}
