package io.swarmgrid.storage.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.LocalReplica;
import io.swarmgrid.storage.replica.LostReplicaException;
import io.swarmgrid.storage.replica.Patience;
import io.swarmgrid.storage.replica.ReplicaCall;
import io.swarmgrid.storage.replica.ReplicaOrder;
import io.swarmgrid.storage.replica.SealedReplica;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One block under one epoch on its way to the nodes that shall hold it: this one without the network, where it is among
 * them, the others down a chain. For one thread at a time, but for {@link #cancel}. Once a node is lost a pipeline is of no
 * more use; {@link #acked} tells what all of them have, {@link #close} leaves the block open on the others.
 */
final class Pipeline implements ReplicaCall.Events, AutoCloseable {
    private static final int WINDOW_CHUNKS = 16;

    private final DataPath path;
    private final CallContext context;
    private final ReplicaOrder order;
    private final boolean local;
    private final List<GridNodeInfo> others;
    private final long windowBytes;

    private volatile @Nullable BlockWriter writer;
    private @Nullable ReplicaCall call;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private long remoteAcked = -1;

    /** Reset with each flush. */
    @GuardedBy("lock")
    private long remoteFlushed = -1;

    @GuardedBy("lock")
    private @Nullable List<SealedReplica> copies;

    @GuardedBy("lock")
    private @Nullable LostReplicaException lost;

    @GuardedBy("lock")
    private boolean cancelled;

    /** @param nodes who shall hold the block; this node may be among them, the others keep their order */
    Pipeline(DataPath path, CallContext context, ReplicaOrder order, List<GridNodeInfo> nodes) {
        this.path = path;
        this.context = context;
        this.order = order;
        this.local = nodes.stream().anyMatch(node -> node.name().equals(path.here()));
        this.others =
                nodes.stream().filter(node -> !node.name().equals(path.here())).toList();
        this.windowBytes = (long) WINDOW_CHUNKS * path.chunkBytes();
    }

    /**
     * Opens the block on all nodes.
     *
     * @param kept this node's writer of an older epoch, if there is one; it passes to the pipeline
     */
    void open(@Nullable BlockWriter kept) throws LostReplicaException {
        writer = kept;
        if (!others.isEmpty()) {
            try {
                call = ReplicaCall.open(path.channels(), context, order, others, this);
            } catch (GridException e) {
                throw new LostReplicaException(others.get(0).name(), e);
            }
        }
        if (local) {
            try {
                writer = LocalReplica.open(path, order, kept);
            } catch (GridException e) {
                writer = null;
                throw new LostReplicaException(path.here(), e);
            }
        } else if (kept != null) {
            writer = null;
            kept.close();
        }
        if (call != null) {
            await(Until.OPEN, 0, Patience.forChain(others.size(), false));
        }
    }

    /** Sends a chunk and keeps nothing of it; waits while too much is unacknowledged. {@code position} is in the block. */
    void send(Chunk chunk, long position) throws LostReplicaException {
        ReplicaCall remote = call;
        if (remote != null) {
            await(Until.ROOM, position + chunk.lengthBytes(), Patience.forChain(others.size(), false));
            path.inTurn(
                    context,
                    Direction.OUT,
                    chunk.lengthBytes(),
                    () -> remote.send(new Frame.Data(
                            position, chunk.crc32c(), chunk.bytes().retainedDuplicate())));
        }
        if (writer != null) {
            write(writer, chunk);
        }
    }

    /** This node's writer, which stays the pipeline's; null where there is none. */
    @Nullable
    BlockWriter writer() {
        return writer;
    }

    /** Has all nodes keep what was sent, whatever becomes of the writer; on the device, where that is asked. */
    void flush(long lengthBytes, boolean onDevice) throws LostReplicaException {
        if (call != null) {
            lock.lock();
            try {
                remoteFlushed = -1;
            } finally {
                lock.unlock();
            }
            call.flush(new Frame.Flush(lengthBytes, onDevice));
        }
        if (writer != null) {
            try {
                if (onDevice) {
                    writer.force();
                } else {
                    writer.flush();
                }
            } catch (GridException e) {
                throw new LostReplicaException(path.here(), e);
            }
        }
        if (call != null) {
            await(Until.FLUSHED, lengthBytes, Patience.forChain(others.size(), true));
        }
    }

    /** Seals the block on all nodes, at once, and says what each of them has. */
    List<SealedReplica> seal(long lengthBytes) throws LostReplicaException {
        List<SealedReplica> all = new ArrayList<>();
        if (call != null) {
            call.seal(lengthBytes);
        }
        if (writer != null) {
            try {
                SealedBlock sealed = writer.seal();
                all.add(new SealedReplica(path.here(), sealed.lengthBytes(), sealed.crc32c()));
            } catch (GridException e) {
                throw new LostReplicaException(path.here(), e);
            }
        }
        if (call != null) {
            await(Until.SEALED, lengthBytes, Patience.forChain(others.size(), true));
            lock.lock();
            try {
                if (copies != null) {
                    all.addAll(copies);
                }
            } finally {
                lock.unlock();
            }
        }
        return all;
    }

    /** How much of the block all nodes have for certain. From any thread. */
    long acked() {
        long atLeast = Math.max(0, order.resumeBytes());
        BlockWriter mine = writer;
        long here = mine == null ? Long.MAX_VALUE : mine.position();
        lock.lock();
        try {
            long there = others.isEmpty() ? Long.MAX_VALUE : remoteAcked;
            long common = Math.min(here, there);
            boolean opened = common != Long.MAX_VALUE && (!local || mine != null);
            return opened ? Math.max(atLeast, common) : atLeast;
        } finally {
            lock.unlock();
        }
    }

    /** This node's writer, which passes to the caller; null where there is none. */
    @Nullable
    BlockWriter takeWriter() {
        BlockWriter mine = writer;
        writer = null;
        return mine;
    }

    /** Ends every wait of this pipeline with CANCELLED. From any thread. */
    void cancel() {
        lock.lock();
        try {
            cancelled = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Leaves the block as it is on the other nodes; this node's writer is closed unless it was taken. Idempotent. */
    @Override
    public void close() {
        if (call != null) {
            call.close();
        }
        BlockWriter mine = takeWriter();
        if (mine != null) {
            mine.close();
        }
    }

    private void write(BlockWriter mine, Chunk chunk) throws LostReplicaException {
        try {
            for (ByteBuffer piece : chunk.bytes().nioBuffers()) {
                if (chunk.isInPlace()) {
                    mine.adopt(piece);
                } else {
                    mine.write(piece);
                }
            }
        } catch (GridException e) {
            throw new LostReplicaException(path.here(), e);
        }
    }

    private enum Until {
        OPEN,
        ROOM,
        FLUSHED,
        SEALED
    }

    private void await(Until until, long end, Duration patience) throws LostReplicaException {
        lock.lock();
        try {
            long left = patience.toNanos();
            long seen = remoteAcked;
            while (true) {
                if (cancelled) {
                    throw new GridException(ErrorCode.CANCELLED, "the write was given up: " + order);
                }
                if (lost != null) {
                    throw lost;
                }
                if (holds(until, end)) {
                    return;
                }
                if (seen != remoteAcked) {
                    seen = remoteAcked;
                    left = patience.toNanos();
                }
                if (left <= 0) {
                    String first = others.get(0).name();
                    throw new LostReplicaException(
                            first,
                            new GridException(
                                    ErrorCode.TIMEOUT,
                                    "node=" + first + " was silent for " + patience.toSeconds() + " s: " + order
                                            + ", acked=" + remoteAcked));
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted: " + order, e);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean holds(Until until, long end) {
        return switch (until) {
            case OPEN -> remoteAcked >= 0;
            case ROOM -> end - remoteAcked <= windowBytes && call != null && call.isReady();
            case FLUSHED -> remoteFlushed >= end;
            case SEALED -> copies != null;
        };
    }

    @Override
    public void acked(long offset) {
        lock.lock();
        try {
            remoteAcked = offset;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flushed(long offset) {
        lock.lock();
        try {
            remoteFlushed = offset;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sealed(List<SealedReplica> sealedCopies) {
        lock.lock();
        try {
            copies = List.copyOf(sealedCopies);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void lost(String node, GridException error) {
        lock.lock();
        try {
            lost = new LostReplicaException(node, error);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ready() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
