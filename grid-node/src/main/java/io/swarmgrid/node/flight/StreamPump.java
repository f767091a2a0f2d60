package io.swarmgrid.node.flight;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.TransferScheduler;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.jspecify.annotations.Nullable;

/**
 * Sends the batches of one DoGet as fast as the client takes them.
 */
final class StreamPump {
    /** What a client may be behind before it is given more. */
    static final int READY_BELOW_BYTES = 1 << 20;

    private static final long AT_ONCE_BYTES = 2 << 20;
    /** What a message takes beside its bytes, about. */
    private static final long MESSAGE_BYTES = 1 << 10;

    /*
     * gRPC tells that the client is ready, or gone, on the call's own serialized executor, and would tell nothing more
     * while we waited there. So a signal only counts, and the thread that takes the count from zero works until it is back
     * at zero: one thread at a time, none while the client is not ready, and no signal is lost. The batches before the
     * client takes them are bounded by the stream's back-pressure threshold and what is put at once, since nothing is put
     * while it is not ready. Several are put at once because every change to ready costs two changes of threads.
     */
    private final CallContext context;
    private final TransferScheduler scheduler;
    private final Supplier<BatchSource> open;
    private final ServerStreamListener listener;
    private final Executor executor;
    private final AtomicInteger signals = new AtomicInteger();
    // The fields below belong to the thread that is at work.
    private @Nullable BatchSource source;
    private boolean done;

    private StreamPump(
            CallContext context,
            TransferScheduler scheduler,
            Supplier<BatchSource> open,
            ServerStreamListener listener,
            Executor executor) {
        this.context = context;
        this.scheduler = scheduler;
        this.open = open;
        this.listener = listener;
        this.executor = executor;
    }

    /** Returns at once; the stream ends by itself. {@code open} is called on the executor, once. */
    static void start(
            CallContext context,
            TransferScheduler scheduler,
            Supplier<BatchSource> open,
            ServerStreamListener listener,
            Executor executor) {
        StreamPump pump = new StreamPump(context, scheduler, open, listener, executor);
        listener.setOnReadyHandler(pump::signal);
        listener.setOnCancelHandler(pump::signal);
        pump.signal();
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            try {
                executor.execute(this::work);
            } catch (RejectedExecutionException e) {
                // The node is stopping: its server ends the calls that are left.
                done = true;
            }
        }
    }

    private void work() {
        int seen;
        do {
            seen = signals.get();
            if (!done) {
                try {
                    step();
                } catch (Exception | OutOfMemoryError e) {
                    finish();
                    listener.error(Failures.asStatus(e, context));
                }
            }
        } while (!signals.compareAndSet(seen, 0));
    }

    private void step() {
        if (listener.isCancelled()) {
            finish();
            return;
        }
        BatchSource batches = source;
        if (batches == null) {
            batches = open.get();
            source = batches;
            // Safe, because the buffers of a batch are never written to again.
            listener.setUseZeroCopy(true);
            listener.start(batches.root(), batches.dictionaries(), IpcOption.DEFAULT);
        }
        while (listener.isReady()) {
            long put = 0;
            do {
                if (!batches.next()) {
                    finish();
                    listener.completed();
                    return;
                }
                put += MESSAGE_BYTES + put(batches.batchBytes());
            } while (put < AT_ONCE_BYTES);
        }
    }

    private long put(long bytes) {
        TransferScheduler.Permit permit = scheduler.acquire(context, Direction.OUT, bytes);
        try {
            listener.putNext();
        } finally {
            permit.close();
        }
        return bytes;
    }

    private void finish() {
        done = true;
        BatchSource batches = source;
        source = null;
        if (batches != null) {
            batches.close();
        }
    }
}
