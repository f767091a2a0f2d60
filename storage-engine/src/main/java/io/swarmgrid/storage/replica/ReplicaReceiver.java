package io.swarmgrid.storage.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.ServerCall;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.replica.BlockMessages.Hop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One WriteBlock call as its receiver: checks, passes on, writes, acknowledges what all behind it have too. */
final class ReplicaReceiver extends ServerCall.Listener<Frame> implements ReplicaCall.Events {
    /** Messages that may be on their way to here: the next ones come while the last one is being written. */
    private static final int AHEAD = 4;
    /** How far this node may be ahead of those behind it. */
    private static final long FORWARD_WINDOW_BYTES = 16L << 20;

    private final ServedCall call;
    private final DataPath path;
    private final ReplicaService service;

    /* Set by the first frame and used on the call's own executor only. */
    private @Nullable ReplicaOrder order;
    private @Nullable OpenReplica replica;
    private @Nullable ReplicaCall downstream;
    private List<Hop> chain = List.of();

    @GuardedBy("this")
    private long written;

    @GuardedBy("this")
    private long downstreamAcked = -1;

    @GuardedBy("this")
    private long acked = -1;

    @GuardedBy("this")
    private int owedRequests;

    /** Up to where a flush was asked, is done here, and is done behind. */
    @GuardedBy("this")
    private final Flushes flushes = new Flushes();

    @GuardedBy("this")
    private boolean sealing;

    @GuardedBy("this")
    private @Nullable SealedReplica own;

    @GuardedBy("this")
    private @Nullable List<SealedReplica> others;

    @GuardedBy("this")
    private long progressNanos;

    ReplicaReceiver(ServedCall call, DataPath path, ReplicaService service) {
        this.call = call;
        this.path = path;
        this.service = service;
    }

    @Override
    public void onMessage(Frame frame) {
        try {
            if (call.isOver()) {
                return;
            }
            if (frame instanceof Frame.Data data) {
                take(data);
            } else if (frame instanceof Frame.Flush asked) {
                flush(asked);
                call.request(1);
            } else if (frame instanceof Frame.Control control) {
                if (order == null) {
                    open(control.as(BlockMessages.Open.class));
                } else {
                    seal(control.as(BlockMessages.Seal.class).lengthBytes());
                }
            } else {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "an acknowledgement where bytes were expected");
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            frame.release();
        }
    }

    @Override
    public void onCancel() {
        call.cancelled();
        leave();
    }

    @Override
    public void onComplete() {
        leave();
    }

    @Override
    public void onHalfClose() {
        synchronized (this) {
            if (sealing) {
                return;
            }
        }
        failed(new GridException(ErrorCode.CORRUPT_INPUT, "a block ended without a seal"));
    }

    private void open(BlockMessages.Open open) {
        ReplicaOrder asked = open.order();
        order = asked;
        chain = open.chain();
        OpenReplica mine = service.replicas().begin(asked, this);
        replica = mine;
        synchronized (this) {
            written = Math.max(0, asked.resumeBytes());
            progressNanos = System.nanoTime();
        }
        if (!chain.isEmpty()) {
            downstream = ReplicaCall.openHops(path.channels(), call.context(), asked, chain, this);
            service.watch(this);
        }
        acknowledge();
        call.request(AHEAD);
    }

    private void take(Frame.Data data) {
        OpenReplica mine = replica;
        if (mine == null) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "bytes before the block was opened");
        }
        int length = data.lengthBytes();
        synchronized (this) {
            if (data.offset() != written || sealing) {
                throw new GridException(
                        ErrorCode.CORRUPT_INPUT,
                        "bytes out of order: " + order + ", offset=" + data.offset() + ", expected=" + written);
            }
        }
        if (!data.isIntact()) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA, "bytes were damaged on the way: " + order + ", offset=" + data.offset());
        }
        ReplicaCall next = downstream;
        if (next != null) {
            path.inTurn(call.context(), Direction.OUT, length, () -> next.send(copyOf(data)));
        }
        path.inTurn(call.context(), Direction.IN, length, () -> mine.write(this, data.payload()));
        synchronized (this) {
            written += length;
            owedRequests++;
        }
        acknowledge();
    }

    private static Frame.Data copyOf(Frame.Data data) {
        return new Frame.Data(data.offset(), data.crc32c(), data.payload().retainedDuplicate());
    }

    private void flush(Frame.Flush asked) {
        OpenReplica mine = replica;
        synchronized (this) {
            if (mine == null || asked.offset() != written || sealing) {
                throw new GridException(
                        ErrorCode.CORRUPT_INPUT,
                        "cannot flush: " + order + ", written=" + written + " of " + asked.offset());
            }
            flushes.ask(asked.offset());
            progressNanos = System.nanoTime();
        }
        if (downstream != null) {
            downstream.flush(asked);
        }
        path.inTurn(call.context(), Direction.IN, 1, () -> mine.flush(this, asked.onDevice()));
        synchronized (this) {
            flushes.here(asked.offset());
        }
        answerFlush();
    }

    private synchronized void answerFlush() {
        // In the lock, as acknowledgements are.
        long done = flushes.take(chain.isEmpty());
        if (done >= 0) {
            call.send(new Frame.Flush(done, false));
        }
    }

    private void seal(long lengthBytes) {
        OpenReplica mine = replica;
        ReplicaOrder what = order;
        if (mine == null || what == null) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "a seal before the block was opened");
        }
        synchronized (this) {
            if (lengthBytes != written) {
                throw new GridException(
                        ErrorCode.CORRUPT_INPUT,
                        "cannot seal: " + what + ", written=" + written + " of " + lengthBytes);
            }
            sealing = true;
            progressNanos = System.nanoTime();
        }
        if (downstream != null) {
            downstream.seal(lengthBytes);
        }
        SealedBlock sealed = mine.seal(this);
        service.replicas().remove(what.id(), mine);
        replica = null;
        synchronized (this) {
            own = new SealedReplica(path.here(), sealed.lengthBytes(), sealed.crc32c());
        }
        finishIfAllSealed();
    }

    /** What is common to this node and those behind it; asks for more while they keep up. */
    private void acknowledge() {
        long common;
        int requests = 0;
        synchronized (this) {
            common = chain.isEmpty() ? written : Math.min(written, downstreamAcked);
            if (written - (chain.isEmpty() ? written : downstreamAcked) < FORWARD_WINDOW_BYTES) {
                requests = owedRequests;
                owedRequests = 0;
            }
            if (common <= acked) {
                common = -1;
            } else {
                acked = common;
            }
            // In the lock, so that acknowledgements never overtake each other; sending only queues.
            if (common >= 0) {
                call.send(new Frame.Ack(common));
            }
        }
        if (requests > 0) {
            call.request(requests);
        }
    }

    private void finishIfAllSealed() {
        List<SealedReplica> all = new ArrayList<>();
        synchronized (this) {
            if (own == null || (!chain.isEmpty() && others == null)) {
                return;
            }
            all.add(own);
            if (others != null) {
                all.addAll(others);
            }
        }
        call.send(Frame.Control.of(new BlockMessages.Sealed(all)));
        call.finish();
    }

    @Override
    public void acked(long offset) {
        synchronized (this) {
            downstreamAcked = offset;
            progressNanos = System.nanoTime();
        }
        acknowledge();
    }

    @Override
    public void flushed(long offset) {
        synchronized (this) {
            flushes.behind(offset);
            progressNanos = System.nanoTime();
        }
        answerFlush();
    }

    @Override
    public void sealed(List<SealedReplica> copies) {
        synchronized (this) {
            others = copies;
        }
        finishIfAllSealed();
    }

    @Override
    public void lost(String node, GridException error) {
        call.fail(error, node);
    }

    @Override
    public void ready() {
        // What may be sent is bounded by what is acknowledged.
    }

    /**
     * Called now and then: ends the call where those behind have been silent for too long.
     *
     * @return whether to go on watching
     */
    boolean isWatched(long nowNanos) {
        ReplicaCall next = downstream;
        if (call.isOver() || next == null) {
            return false;
        }
        long silentNanos;
        boolean waiting;
        boolean toSeal;
        synchronized (this) {
            toSeal = sealing || flushes.waitsForThoseBehind();
            waiting = sealing
                    ? others == null
                    : downstreamAcked < written || downstreamAcked < 0 || flushes.waitsForThoseBehind();
            silentNanos = nowNanos - progressNanos;
        }
        if (waiting && silentNanos > Patience.forChain(chain.size(), toSeal).toNanos()) {
            next.close();
            String silent = chain.get(0).node();
            call.fail(new GridException(ErrorCode.TIMEOUT, "node=" + silent + " was silent: " + order), silent);
            return false;
        }
        return true;
    }

    private void failed(Throwable failure) {
        call.fail(failure, path.here());
        ReplicaOrder what = order;
        OpenReplica mine = replica;
        if (mine != null && what != null) {
            // What this node has is of no use to anybody once it could not go on.
            if (mine.drop(this)) {
                service.replicas().remove(what.id(), mine);
            }
            replica = null;
        }
        leave();
    }

    /** The call is over: those behind are told, and the block waits for its writer to come back. */
    private void leave() {
        if (downstream != null) {
            downstream.close();
        }
        OpenReplica mine = replica;
        if (mine != null) {
            replica = null;
            mine.park(this, System.nanoTime());
            service.expireLater();
        }
    }
}
