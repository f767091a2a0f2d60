package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.PutResult;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.OutboundStreamListener;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/** What comes back on a DoPut, and the waits of the one who sends. Filled by the connection's thread. */
final class PutAnswer implements FlightClient.PutListener {
    /** Flight has no signal for room in its stream, and waits for it in a busy loop of its own. */
    private static final long POLL_NANOS = 100_000;

    private final long patienceNanos;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;
    private volatile byte @Nullable [] last;

    PutAnswer(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    @Override
    public void getResult() {}

    @Override
    public void onNext(org.apache.arrow.flight.PutResult result) {
        ArrowBuf metadata = result.getApplicationMetadata();
        if (metadata != null) {
            byte[] json = new byte[(int) metadata.readableBytes()];
            metadata.getBytes(metadata.readerIndex(), json);
            last = json;
        }
    }

    @Override
    public void onError(Throwable thrown) {
        failure = thrown;
        ended.countDown();
    }

    @Override
    public void onCompleted() {
        ended.countDown();
    }

    @Override
    public boolean isCancelled() {
        return ended.getCount() == 0;
    }

    /** Waits until the stream stands; throws what it failed with, as it came. */
    void awaitFirstRoom(OutboundStreamListener stream) {
        try {
            awaitRoom(stream);
        } catch (Broken e) {
            Throwable cause = failure;
            if (cause instanceof RuntimeException asItCame) {
                throw asItCame;
            }
            throw e.error;
        }
    }

    /**
     * Waits until the stream takes a message without keeping it.
     *
     * @throws Broken where the stream ended, or is stuck for longer than the client is patient
     */
    void awaitRoom(OutboundStreamListener stream) throws Broken {
        long start = System.nanoTime();
        while (!stream.isReady()) {
            checkOpen();
            if (System.nanoTime() - start > patienceNanos) {
                throw silent();
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new GridException(ErrorCode.CANCELLED, "interrupted while putting");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        checkOpen();
    }

    /** Waits for the end that the node confirms, and gives what it said last. */
    PutResult awaitEnd() throws Broken {
        try {
            if (!ended.await(patienceNanos, TimeUnit.NANOSECONDS)) {
                throw silent();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while putting", e);
        }
        Throwable thrown = failure;
        if (thrown != null) {
            throw Broken.of(thrown);
        }
        byte[] json = last;
        if (json == null) {
            throw new GridException(ErrorCode.INTERNAL, "the put ended without a result");
        }
        return Json.read(json, PutResult.class);
    }

    private void checkOpen() throws Broken {
        if (isCancelled()) {
            Throwable thrown = failure;
            throw thrown == null
                    ? new Broken(new GridException(ErrorCode.UNAVAILABLE, "the node ended the put early"))
                    : Broken.of(thrown);
        }
    }

    private Broken silent() {
        return new Broken(
                new GridException(ErrorCode.TIMEOUT, "the node took nothing for " + patienceNanos / 1_000_000 + " ms"));
    }
}
