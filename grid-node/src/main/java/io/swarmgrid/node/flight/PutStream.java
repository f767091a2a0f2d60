package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.TransferScheduler;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.PutResult;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Reads one DoPut to its end; only a stream that ended well is committed. Runs on the thread of that call. */
final class PutStream {
    /** A descriptor comes with the first message or never; the library would wait for it without end. */
    private static final long DESCRIPTOR_SECONDS = 10;

    private final CallContext context;
    private final Puts puts;
    private final TransferScheduler scheduler;
    private final BufferAllocator allocator;
    private final ScheduledExecutorService timer;

    PutStream(
            CallContext context,
            Puts puts,
            TransferScheduler scheduler,
            BufferAllocator allocator,
            ScheduledExecutorService timer) {
        this.context = context;
        this.puts = puts;
        this.scheduler = scheduler;
        this.allocator = allocator;
        this.timer = timer;
    }

    void run(FlightStream stream, StreamListener<org.apache.arrow.flight.PutResult> answers) {
        try {
            answer(read(stream), answers);
        } catch (Exception | OutOfMemoryError e) {
            throw Failures.asStatus(e, context);
        }
    }

    private PutResult read(FlightStream stream) {
        // The first batch is asked for before the schema: where the stream ends or breaks without one, this tells.
        boolean more = next(stream);
        if (!stream.hasRoot()) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "the stream ended before its schema");
        }
        VectorSchemaRoot root = stream.getRoot();
        try (PutTarget target =
                puts.begin(context, descriptor(stream), root.getSchema(), stream.getDictionaryProvider())) {
            while (more) {
                write(target, root);
                more = next(stream);
            }
            return target.commit();
        }
    }

    private void write(PutTarget target, VectorSchemaRoot root) {
        long bytes = 0;
        for (FieldVector vector : root.getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        TransferScheduler.Permit permit = scheduler.acquire(context, Direction.IN, bytes);
        try {
            target.write(root);
        } finally {
            permit.close();
        }
    }

    private static boolean next(FlightStream stream) {
        try {
            return stream.next();
        } catch (GridException | FlightRuntimeException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT, "the stream is no sound Arrow stream: " + e.getMessage(), e);
        }
    }

    private FlightDescriptor descriptor(FlightStream stream) {
        Thread reader = Thread.currentThread();
        ScheduledFuture<?> alarm = timer.schedule(reader::interrupt, DESCRIPTOR_SECONDS, TimeUnit.SECONDS);
        try {
            return stream.getDescriptor();
        } catch (FlightRuntimeException e) {
            throw new GridException(ErrorCode.INVALID_ARGUMENT, "the stream has no descriptor", e);
        } finally {
            alarm.cancel(false);
            Thread.interrupted();
        }
    }

    private void answer(PutResult result, StreamListener<org.apache.arrow.flight.PutResult> answers) {
        byte[] json = Json.write(result);
        try (ArrowBuf metadata = allocator.buffer(json.length)) {
            metadata.writeBytes(json);
            answers.onNext(org.apache.arrow.flight.PutResult.metadata(metadata));
        }
        answers.onCompleted();
    }
}
