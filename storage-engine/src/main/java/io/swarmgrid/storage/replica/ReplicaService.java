package io.swarmgrid.storage.replica;

import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.StoredBlock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * What this node does with blocks for the other nodes: takes them down a chain, sends them, drops them. Only for callers
 * with the grant {@link Grant#NODE}. Closing it drops what is not sealed.
 */
public final class ReplicaService implements AutoCloseable {
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
    /** One in which the writer may come back, and what the keeper takes to see that it did not, and to end the block. */
    private static final int LEASES_PARKED = 3;

    private static final Duration TIMER_IDLE = Duration.ofSeconds(30);

    private final DataPath path;
    private final OpenReplicas replicas;
    private final ScheduledThreadPoolExecutor timer;
    private final AtomicBoolean expiring = new AtomicBoolean();

    public ReplicaService(DataPath path) {
        this.path = path;
        this.replicas = new OpenReplicas(path);
        this.timer = new ScheduledThreadPoolExecutor(
                1,
                work -> {
                    Thread thread = new Thread(work, "replica-timer");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        timer.setKeepAliveTime(TIMER_IDLE.toSeconds(), TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    public ServerCallHandler<Frame, Frame> writeBlock() {
        return (call, headers) -> {
            ServedCall served = begin(call);
            served.request(1);
            return new ReplicaReceiver(served, path, this);
        };
    }

    public ServerCallHandler<Frame, Frame> readBlock() {
        return (call, headers) -> {
            ServedCall served = begin(call);
            served.readyBelow(RangeSender.OUTSTANDING_BYTES);
            served.request(2);
            return new BlockSender(served, path);
        };
    }

    public ServerCallHandler<Frame, Frame> lendBlock() {
        return (call, headers) -> {
            ServedCall served = begin(call);
            served.request(2);
            return new NearLender(served, path);
        };
    }

    public ServerCallHandler<Frame, Frame> discardBlock() {
        return (call, headers) -> {
            ServedCall served = begin(call);
            served.request(2);
            return new Question(served, this::discard);
        };
    }

    public ServerCallHandler<Frame, Frame> settleBlock() {
        return (call, headers) -> {
            ServedCall served = begin(call);
            served.request(2);
            return new Question(served, this::settle);
        };
    }

    OpenReplicas replicas() {
        return replicas;
    }

    /** Looks after a call that waits for others. */
    void watch(ReplicaReceiver receiver) {
        later(() -> {
            if (receiver.isWatched(System.nanoTime())) {
                watch(receiver);
            }
        });
    }

    /** Something waits for its writer to come back, or for recovery, which comes after that; it does so no longer than a few leases. */
    void expireLater() {
        if (expiring.compareAndSet(false, true)) {
            later(this::expire);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        replicas.dropAll();
    }

    private void expire() {
        expiring.set(false);
        Duration longest = path.config().leaseDuration().multipliedBy(LEASES_PARKED);
        if (replicas.expire(System.nanoTime(), longest.toNanos())) {
            expireLater();
        }
    }

    private void later(Runnable work) {
        ScheduledFuture<?> unused = timer.schedule(work, WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static ServedCall begin(ServerCall<Frame, Frame> call) {
        CallContext context = CallContexts.current();
        context.caller().require(Grant.NODE);
        return new ServedCall(call, context);
    }

    private Frame.Control discard(Frame.Control question) {
        BlockMessages.Discard asked = question.as(BlockMessages.Discard.class);
        BlockId id = BlockId.parse(asked.blockId());
        boolean discarded = true;
        if (asked.damaged()) {
            path.blocks().quarantineIfBad(id, asked.epoch());
        } else {
            discarded = discard(id, asked.epoch());
        }
        return Frame.Control.of(new BlockMessages.Discarded(discarded));
    }

    private boolean discard(BlockId id, long epoch) {
        boolean dropped = replicas.drop(id, epoch);
        Optional<StoredBlock> here = path.blocks().find(id);
        boolean deleted = here.isPresent()
                && here.get().epoch() <= epoch
                && path.blocks().delete(id, here.get().epoch());
        return dropped || deleted;
    }

    private Frame.Control settle(Frame.Control question) {
        BlockMessages.Settle asked = question.as(BlockMessages.Settle.class);
        Long lengthBytes = asked.lengthBytes();
        SealedBlock settled =
                LocalReplica.settle(path, asked.block().order(), lengthBytes == null ? BlockStore.ALL : lengthBytes);
        return Frame.Control.of(new BlockMessages.Settled(settled.lengthBytes(), settled.crc32c()));
    }

    /** One call of one question. */
    private static final class Question extends ServerCall.Listener<Frame> {
        private final ServedCall call;
        private final UnaryOperator<Frame.Control> answer;

        Question(ServedCall call, UnaryOperator<Frame.Control> answer) {
            this.call = call;
            this.answer = answer;
        }

        @Override
        public void onMessage(Frame frame) {
            try {
                if (!(frame instanceof Frame.Control control)) {
                    throw new GridException(ErrorCode.CORRUPT_INPUT, "a question about a block was expected");
                }
                call.send(answer.apply(control));
                call.finish();
            } catch (RuntimeException e) {
                call.fail(e);
            } finally {
                frame.release();
            }
        }

        @Override
        public void onCancel() {
            call.cancelled();
        }
    }
}
