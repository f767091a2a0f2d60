package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.replica.DataPath;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file run after run. What is small stays in memory until commit and goes into the metadata; from the first byte
 * beyond that on it is blocks.
 */
final class ReplicatedFileWriter implements FileWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedFileWriter.class);

    /** Smaller pieces are gathered into chunks; larger ones are passed on as they are. */
    private static final int GATHER_BELOW_BYTES = 64 << 10;
    /** How many runs may be sealed while the next one is written. */
    private static final int MAX_SEALING = 1;
    /** Each wait within is bounded by itself; this one is for the case that they add up. */
    private static final int SEAL_MINUTES = 10;

    private enum State {
        OPEN,
        COMMITTED,
        FAILED,
        /** The answer to the commit was lost: it may be visible, so nothing of it may be deleted. */
        UNKNOWN,
        CLOSED
    }

    private final ReplicatedFileStore store;
    private final DataPath path;
    private final CallContext context;
    private final GridPath target;
    private final PutOptions options;
    private final int inlineBytes;
    private final ByteArrayOutputStream small = new ByteArrayOutputStream();
    private final Deque<Sealing> sealing = new ArrayDeque<>();
    private final List<BlockId> sealed = new ArrayList<>();

    private @Nullable WriteJob job;
    private @Nullable BlockRun run;
    /** The block of the run after the present one, allocated while there is still time. */
    private @Nullable Future<BlockRecord> next;

    private @Nullable ByteBuf gathered;
    private State state = State.OPEN;
    private long position;
    private long emitted;

    private record Sealing(BlockRun run, Future<List<BlockId>> blocks) {}

    ReplicatedFileWriter(ReplicatedFileStore store, CallContext context, GridPath target, PutOptions options) {
        this.store = store;
        this.path = store.path();
        this.context = context;
        this.target = target;
        this.options = options;
        this.inlineBytes = path.config().inlineSize().toIntBytes();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void write(ByteBuf bytes) {
        try {
            attempt(() -> take(bytes, null));
        } finally {
            bytes.release();
        }
    }

    @Override
    public void write(ByteBuf bytes, int crc32c) {
        try {
            attempt(() -> take(bytes, crc32c));
        } finally {
            bytes.release();
        }
    }

    @Override
    public void write(ByteBuffer bytes) {
        attempt(() -> take(bytes));
    }

    @Override
    public FileStatus commit() {
        requireOpen();
        try {
            WriteJob started = job;
            if (started == null) {
                FileStatus status = store.metadata().putInline(target, options, small.toByteArray());
                state = State.COMMITTED;
                return status;
            }
            flushGathered();
            endRun();
            awaitSealing(0);
            awaitNext();
            FileStatus status = store.metadata().commit(started.file(), sealed);
            state = State.COMMITTED;
            // A put that was done before answers with the file of then: what was written now is not wanted.
            boolean ours = status.id() == started.file().fileId();
            started.discardAllBut(ours ? Set.copyOf(sealed) : Set.of());
            return status;
        } catch (GridException e) {
            state = e.code() == ErrorCode.UNKNOWN_OUTCOME ? State.UNKNOWN : State.FAILED;
            throw e;
        } catch (RuntimeException | Error e) {
            state = State.FAILED;
            throw e;
        }
    }

    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        boolean giveUp = state == State.OPEN || state == State.FAILED;
        state = State.CLOSED;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        BlockRun open = run;
        run = null;
        if (open != null) {
            open.abort();
            open.dispose();
        }
        sealing.forEach(each -> each.run.abort());
        sealing.forEach(each -> awaitQuietly(each.blocks));
        sealing.clear();
        awaitNext();
        WriteJob started = job;
        if (giveUp && started != null) {
            abandon(started);
        }
    }

    private void abandon(WriteJob started) {
        started.discardAllBut(Set.of());
        try {
            store.metadata().abandon(started.file());
        } catch (GridException e) {
            LOG.warn("cannot give a file up, its lease will end: path={} error={}", target, e.getMessage());
        }
    }

    private void take(ByteBuf bytes, @Nullable Integer crc32c) {
        int count = bytes.readableBytes();
        if (job == null && position + count <= inlineBytes) {
            for (ByteBuffer piece : bytes.nioBuffers()) {
                takeSmall(piece);
            }
        } else {
            start();
            if (count < GATHER_BELOW_BYTES) {
                for (ByteBuffer piece : bytes.nioBuffers()) {
                    gather(piece);
                }
            } else {
                flushGathered();
                pass(bytes, crc32c);
            }
        }
        position += count;
    }

    private void take(ByteBuffer bytes) {
        int count = bytes.remaining();
        if (job == null && position + count <= inlineBytes) {
            takeSmall(bytes);
        } else {
            start();
            gather(bytes);
        }
        position += count;
    }

    private void takeSmall(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        small.writeBytes(copy);
    }

    /** The file is too large to be kept in the metadata. */
    private void start() {
        if (job != null) {
            return;
        }
        OpenFile file = store.metadata().begin(target, options);
        job = new WriteJob(path, store.metadata(), context, file);
        gather(ByteBuffer.wrap(small.toByteArray()));
        small.reset();
    }

    private void gather(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            ByteBuf chunk = gathered;
            if (chunk == null) {
                chunk = path.buffers().take(path.chunkBytes());
                gathered = chunk;
            }
            int count = Math.min(bytes.remaining(), chunk.writableBytes());
            chunk.writeBytes(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            if (!chunk.isWritable()) {
                flushGathered();
            }
        }
    }

    private void flushGathered() {
        ByteBuf chunk = gathered;
        if (chunk != null) {
            gathered = null;
            try {
                pass(chunk, null);
            } finally {
                chunk.release();
            }
        }
    }

    /**
     * Cuts bytes into chunks that fit the runs.
     *
     * @param crc32c of all of them, where it is known
     */
    private void pass(ByteBuf bytes, @Nullable Integer crc32c) {
        int all = bytes.readableBytes();
        while (bytes.isReadable()) {
            BlockRun open = run;
            if (open == null) {
                open = new BlockRun(job(), emitted, next);
                next = null;
                run = open;
            }
            int count = (int) Math.min(Math.min(bytes.readableBytes(), path.chunkBytes()), open.room());
            ByteBuf chunk = bytes.readRetainedSlice(count);
            open.write(chunk, crc32c != null && count == all ? crc32c : Crc32c.of(chunk));
            emitted += count;
            if (open.room() == 0) {
                endRun();
            } else if (next == null && open.isHalfFull()) {
                WriteJob started = job();
                long end = open.end();
                next = store.sealers().submit(() -> started.allocate(end));
            }
        }
    }

    private void endRun() {
        BlockRun ended = run;
        if (ended != null) {
            awaitSealing(MAX_SEALING - 1);
            run = null;
            sealing.add(new Sealing(ended, store.sealers().submit(ended::seal)));
        }
    }

    private void awaitSealing(int left) {
        while (sealing.size() > left) {
            Sealing oldest = sealing.getFirst();
            try {
                sealed.addAll(oldest.blocks.get(SEAL_MINUTES, TimeUnit.MINUTES));
                sealing.removeFirst();
            } catch (ExecutionException e) {
                throw GridErrors.of(e);
            } catch (TimeoutException e) {
                throw new GridException(ErrorCode.TIMEOUT, "a block of " + target + " is not sealed yet", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new GridException(ErrorCode.CANCELLED, "interrupted: put " + target, e);
            }
        }
    }

    /** What was allocated and is not needed goes with the commit, or with the file. */
    private void awaitNext() {
        if (next != null) {
            awaitQuietly(next);
            next = null;
        }
    }

    private void awaitQuietly(Future<?> ending) {
        try {
            ending.get(1, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("what was under way has ended: path={} error={}", target, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private WriteJob job() {
        WriteJob started = job;
        if (started == null) {
            throw new IllegalStateException("bytes before the file was begun");
        }
        return started;
    }

    private void attempt(Runnable work) {
        requireOpen();
        boolean good = false;
        try {
            work.run();
            good = true;
        } finally {
            if (!good) {
                state = State.FAILED;
            }
        }
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the writer of " + target + " is no longer open: "
                            + state.name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
