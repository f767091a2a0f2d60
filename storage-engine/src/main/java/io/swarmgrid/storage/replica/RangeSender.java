package io.swarmgrid.storage.replica;

import io.grpc.ServerCall;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import org.jspecify.annotations.Nullable;

/**
 * A call that answers one question by a range of bytes: reads and sends while the connection takes more. Confined to the
 * call's own executor.
 *
 * @param <Q> the question
 * @param <R> what is read from; closed with the call
 */
public abstract class RangeSender<Q, R extends AutoCloseable> extends ServerCall.Listener<Frame> {
    /** How much may wait for the connection: the next chunks are read from the disk meanwhile. */
    public static final int OUTSTANDING_BYTES = 2 << 20;

    private final ServedCall call;
    private final DataPath path;
    private final Class<Q> type;
    private @Nullable R source;
    private long position;
    private long end;

    protected RangeSender(ServedCall call, DataPath path, Class<Q> type) {
        this.call = call;
        this.path = path;
        this.type = type;
    }

    /** Opens what the question asks for. */
    protected abstract R open(Q question);

    /**
     * Checks the question against what was opened, and says what comes.
     *
     * @return the first answer
     */
    protected abstract Answer begin(R source, Q question);

    /** Reads exactly {@code length} bytes; the caller releases them. */
    protected abstract ByteBuf read(R source, long position, int length);

    /** Bytes of the next chunk, at most {@code left}. */
    protected abstract int next(long position, long left);

    /** The first frame, and the range that follows it. */
    public record Answer(Frame.Control head, long from, long lengthBytes) {}

    protected final ServedCall call() {
        return call;
    }

    protected final DataPath path() {
        return path;
    }

    @Override
    public final void onMessage(Frame frame) {
        try {
            if (!(frame instanceof Frame.Control control) || source != null) {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "a read takes one question");
            }
            Q question = control.as(type);
            R opened = open(question);
            source = opened;
            Answer answer = begin(opened, question);
            position = answer.from();
            end = answer.from() + answer.lengthBytes();
            call.send(answer.head());
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            frame.release();
        }
    }

    @Override
    public final void onHalfClose() {
        pump();
    }

    @Override
    public final void onReady() {
        pump();
    }

    @Override
    public final void onCancel() {
        call.cancelled();
        close();
    }

    @Override
    public final void onComplete() {
        close();
    }

    private void pump() {
        R from = source;
        if (from == null) {
            return;
        }
        try {
            while (position < end && call.isReady()) {
                int length = next(position, end - position);
                send(read(from, position, length));
                position += length;
            }
            if (position == end) {
                close();
                call.finish();
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Reading comes before the turn: it may wait for another node, which waits for its own turn. */
    private void send(ByteBuf bytes) {
        Frame.Data frame = new Frame.Data(position, Crc32c.of(bytes), bytes);
        boolean sent = false;
        try {
            path.inTurn(call.context(), Direction.OUT, frame.lengthBytes(), () -> call.send(frame));
            sent = true;
        } finally {
            if (!sent) {
                frame.release();
            }
        }
    }

    private void fail(Throwable failure) {
        close();
        call.fail(failure);
    }

    private void close() {
        R open = source;
        source = null;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("cannot close " + open, e);
        }
    }
}
