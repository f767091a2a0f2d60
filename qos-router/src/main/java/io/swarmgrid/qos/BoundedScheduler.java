package io.swarmgrid.qos;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.TransferScheduler;
import io.swarmgrid.config.QosClassConfig;
import io.swarmgrid.config.QosConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the bytes that are on their way at once, over all classes, and the chunks that may wait in each class; who
 * waits is served in the order of arrival. A chunk larger than the bound goes when nothing else is on its way. Counts
 * what each class moved and what it was refused.
 */
public final class BoundedScheduler implements TransferScheduler {
    private static final String RETRY_HINT = "back off for a second and retry";

    private final long outstandingBoundBytes;
    /** By the end of it something holds permits without moving, and a refusal tells more. */
    private final long maxWaitNanos;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, Lane> lanes = new LinkedHashMap<>();

    @GuardedBy("lock")
    private final Deque<Waiter> waiters = new ArrayDeque<>();

    @GuardedBy("lock")
    private long outstandingBytes;

    public BoundedScheduler(QosConfig config) {
        this.outstandingBoundBytes = config.outstandingBytes().bytes();
        this.maxWaitNanos = config.maxWait().toNanos();
        config.classes().forEach((name, settings) -> lanes.put(name, new Lane(new QosClass(name), settings)));
    }

    @Override
    public Permit acquire(CallContext context, Direction direction, long sizeBytes) {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("bad chunk: sizeBytes=" + sizeBytes);
        }
        lock.lock();
        try {
            Lane lane = lanes.get(context.qos().name());
            if (lane == null) {
                throw GridException.invalid(
                        "unknown QoS class '" + context.qos() + "' (known: " + String.join(", ", lanes.keySet()) + ")");
            }
            if (!waiters.isEmpty() || !fits(sizeBytes)) {
                awaitTurn(lane, sizeBytes);
            }
            outstandingBytes += sizeBytes;
            lane.moved(direction, sizeBytes);
            admit();
            return new Outstanding(sizeBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Every configured class, in the order of the configuration. */
    public List<ClassTraffic> traffic() {
        lock.lock();
        try {
            List<ClassTraffic> all = new ArrayList<>();
            lanes.values().forEach(lane -> all.add(lane.traffic()));
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are on their way now. */
    public long outstandingBytes() {
        lock.lock();
        try {
            return outstandingBytes;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean fits(long sizeBytes) {
        return outstandingBytes == 0 || outstandingBytes + sizeBytes <= outstandingBoundBytes;
    }

    @GuardedBy("lock")
    private void awaitTurn(Lane lane, long sizeBytes) {
        if (lane.waiting >= lane.settings.queueBound()) {
            lane.refused++;
            throw overloaded(lane, "has " + lane.waiting + " transfers waiting, its bound");
        }
        Waiter waiter = new Waiter(sizeBytes, lock.newCondition());
        waiters.addLast(waiter);
        lane.waiting++;
        try {
            long left = maxWaitNanos;
            while (!isFirst(waiter) || !fits(sizeBytes)) {
                if (left <= 0) {
                    lane.refused++;
                    throw overloaded(
                            lane,
                            "moved nothing for this transfer in qos.max-wait=" + maxWaitNanos / 1_000_000 + " ms");
                }
                left = waiter.turn.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while waiting to transfer", e);
        } finally {
            lane.waiting--;
            boolean first = isFirst(waiter);
            waiters.remove(waiter);
            if (first) {
                admit();
            }
        }
    }

    @GuardedBy("lock")
    private boolean isFirst(Waiter waiter) {
        return waiter.equals(waiters.peekFirst());
    }

    /** Wakes the next in line when it can go. */
    @GuardedBy("lock")
    private void admit() {
        Waiter first = waiters.peekFirst();
        if (first != null && fits(first.sizeBytes)) {
            first.turn.signal();
        }
    }

    private GridException overloaded(Lane lane, String why) {
        return new GridException(
                ErrorCode.OVERLOADED, "overloaded: class '" + lane.qos + "' " + why, null, RETRY_HINT, null);
    }

    private static final class Lane {
        final QosClass qos;
        final QosClassConfig settings;
        long bytesIn;
        long bytesOut;
        long refused;
        int waiting;

        Lane(QosClass qos, QosClassConfig settings) {
            this.qos = qos;
            this.settings = settings;
        }

        void moved(Direction direction, long sizeBytes) {
            switch (direction) {
                case IN -> bytesIn += sizeBytes;
                case OUT -> bytesOut += sizeBytes;
            }
        }

        ClassTraffic traffic() {
            return new ClassTraffic(qos, bytesIn, bytesOut, refused, waiting);
        }
    }

    /** Compared by identity: two transfers of one size are two. */
    private static final class Waiter {
        final long sizeBytes;
        final Condition turn;

        Waiter(long sizeBytes, Condition turn) {
            this.sizeBytes = sizeBytes;
            this.turn = turn;
        }
    }

    private final class Outstanding implements Permit {
        private final long sizeBytes;
        private final AtomicBoolean open = new AtomicBoolean(true);

        Outstanding(long sizeBytes) {
            this.sizeBytes = sizeBytes;
        }

        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                lock.lock();
                try {
                    outstandingBytes -= sizeBytes;
                    admit();
                } finally {
                    lock.unlock();
                }
            }
        }
    }
}
