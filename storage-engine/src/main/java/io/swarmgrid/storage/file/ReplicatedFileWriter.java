package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.file.WriterState.State;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.replica.DataPath;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
    static final int MAX_SEALING = 3;
    /** From which part of a block on the next one is allocated. */
    private static final double AHEAD = 0.5;
    /** A writer in place is soon at the end of its block, long before we have followed it there. */
    private static final double AHEAD_IN_PLACE = 0.125;

    private final ReplicatedFileStore store;
    private final DataPath path;
    private final CallContext context;
    private final GridPath target;
    private final Ending ending;
    private final int inlineBytes;
    private final ByteArrayOutputStream small = new ByteArrayOutputStream();
    private final Seals seals;
    private final NextBlock next = new NextBlock();
    private final Gathering gathered;
    private final PlacedBytes placed;

    private @Nullable WriteJob job;
    private @Nullable BlockRun run;

    /** Whether the caller writes into our files, as far as it is told where they lie. */
    private boolean inPlace;

    private final WriterState state;
    private long position;
    private long emitted;
    private long flushedBytes;
    private long syncedBytes;
    private long keptBytes;

    ReplicatedFileWriter(ReplicatedFileStore store, CallContext context, GridPath target, Ending ending) {
        this.store = store;
        this.path = store.path();
        this.context = context;
        this.target = target;
        this.ending = ending;
        this.state = new WriterState(target);
        this.inlineBytes = path.config().inlineSize().toIntBytes();
        this.seals = new Seals(store.sealers(), target);
        this.gathered = new Gathering(path.buffers(), path.chunkBytes(), chunk -> pass(chunk, null));
        this.placed = new PlacedBytes(path, target);
    }

    /**
     * Begins behind what there is.
     *
     * @param syncedUpTo how much of it need not be put on devices any more
     */
    void goOnAfter(LeftFile left, long syncedUpTo) {
        small.writeBytes(left.inline());
        position = left.end();
        keptBytes = position;
        flushedBytes = left.shownBytes();
        syncedBytes = Math.min(syncedUpTo, position);
        if (!left.blocks().isEmpty()) {
            seals.before(left.blocks().stream().map(BlockRecord::id).toList());
            emitted = position;
            start();
            left.behind(syncedBytes).forEach(job()::owesDevice);
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long keptBytes() {
        if (job != null) {
            Long sealing = seals.keptUpTo();
            BlockRun open = run;
            long kept = sealing != null ? sealing : open == null ? emitted : open.keptUpTo();
            keptBytes = Math.max(keptBytes, kept);
        }
        return keptBytes;
    }

    @Override
    public long fileId() {
        if (!ending.keepsWhatThereIs()) {
            return FileWriter.super.fileId();
        }
        return ending.begin().fileId();
    }

    @Override
    public void write(ByteBuf bytes) {
        try {
            state.attempt(() -> take(bytes, null));
        } finally {
            bytes.release();
        }
    }

    @Override
    public void write(ByteBuf bytes, int crc32c) {
        try {
            state.attempt(() -> take(bytes, crc32c));
        } finally {
            bytes.release();
        }
    }

    @Override
    public void write(ByteBuffer bytes) {
        state.attempt(() -> take(bytes));
    }

    @Override
    public List<OpenBlock> openBlocks() {
        inPlace = true;
        if (job == null || !gathered.isEmpty()) {
            return List.of();
        }
        long blockBytes = path.config().blockSize().bytes();
        BlockRun open = run;
        if (open == null) {
            // Between two blocks: what has no place by now is to be sent, and nobody shall wait for a place that is
            // never told.
            OpenBlock sent = new OpenBlock(emitted, emitted + blockBytes, null);
            return List.of(next.awaited(emitted, blockBytes).orElse(sent));
        }
        OpenBlock present = open.openBlock();
        return next.shown(open.end(), blockBytes)
                .map(after -> List.of(present, after))
                .orElse(List.of(present));
    }

    @Override
    public void written(int lengthBytes, int crc32c) {
        state.attempt(() -> adopt(lengthBytes, crc32c));
    }

    @Override
    public void flush() {
        state.attempt(() -> flush(false));
    }

    @Override
    public boolean canSync() {
        return ending.canSync();
    }

    @Override
    public void sync() {
        state.attempt(() -> flush(true));
    }

    private void flush(boolean onDevice) {
        if (!ending.keepsWhatThereIs()) {
            throw GridException.invalid("a put has no readers before it is committed: " + target);
        }
        if (onDevice && !ending.canSync()) {
            throw new GridException(ErrorCode.UNSUPPORTED, "cannot sync what is kept in memory alone: " + target);
        }
        if (onDevice ? syncedBytes == position : flushedBytes == position) {
            return;
        }
        start();
        gathered.flush();
        List<BlockId> blocks = new ArrayList<>(seals.await(0));
        if (run != null) {
            blocks.addAll(run.flush(onDevice));
        }
        if (onDevice) {
            job().force();
        }
        if (flushedBytes < position) {
            store.metadata().show(job().file(), blocks, position);
        }
        flushedBytes = position;
        syncedBytes = onDevice ? position : syncedBytes;
    }

    @Override
    public FileStatus commit() {
        return commit(Closing.ENDED);
    }

    private FileStatus commit(Closing closing) {
        state.requireOpen();
        // What is unknown before the metadata was asked to end the file, such as an epoch, leaves no doubt about the
        // file. Once it was asked, no refusal rules out that it did so: an attempt before may have, whose answer was
        // lost.
        boolean asked = false;
        try {
            WriteJob started = job;
            if (started == null) {
                asked = true;
                FileStatus status = ending.inline(small.toByteArray(), closing);
                state.become(State.COMMITTED);
                return status;
            }
            gathered.flush();
            endRun();
            List<BlockId> sealed = seals.await(0);
            started.giveUp(); // the block after the last one
            next.giveUp();
            asked = true;
            FileStatus status = ending.blocks(started, sealed, position, closing);
            state.become(State.COMMITTED);
            return status;
        } catch (RuntimeException | Error e) {
            state.become(asked ? State.UNKNOWN : State.FAILED);
            throw e;
        }
    }

    @Override
    public void close() {
        if (state.now() == State.CLOSED) {
            return;
        }
        if (state.now() == State.OPEN && ending.keepsWhatThereIs()) {
            endEarly();
        }
        State before = state.become(State.CLOSED);
        if (job != null) {
            job.giveUp();
        }
        gathered.drop();
        BlockRun open = run;
        run = null;
        if (open != null) {
            open.abort();
            open.dispose();
        }
        seals.abort();
        next.giveUp();
        if (before != State.COMMITTED) {
            giveUp(before == State.UNKNOWN);
        }
    }

    /** The writer went away: what came of the file is all there will be. */
    private void endEarly() {
        try {
            commit(Closing.LEFT);
        } catch (GridException e) {
            LOG.warn("cannot close a file that its writer left: path={} error={}", target, e.getMessage());
        }
    }

    private void giveUp(boolean inDoubt) {
        WriteJob started = job;
        if (ending.keepsWhatThereIs()) {
            ending.giveUp(started == null ? ending.begin() : started.file());
        } else if (started != null) {
            if (!inDoubt) {
                started.discardAllBut(Set.of());
            }
            ending.giveUp(started.file());
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
                    gathered.add(piece);
                }
            } else {
                gathered.flush();
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
            gathered.add(bytes);
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
        OpenFile file = ending.begin();
        job = new WriteJob(path, store.metadata(), context, file);
        gathered.add(ByteBuffer.wrap(small.toByteArray()));
        small.reset();
    }

    /**
     * Cuts bytes into chunks that fit the runs.
     *
     * @param crc32c of all of them, where it is known
     */
    private void pass(ByteBuf bytes, @Nullable Integer crc32c) {
        int all = bytes.readableBytes();
        while (bytes.isReadable()) {
            BlockRun open = run == null ? nextRun() : run;
            int count = (int) Math.min(Math.min(bytes.readableBytes(), path.chunkBytes()), open.room());
            ByteBuf chunk = bytes.readRetainedSlice(count);
            open.write(chunk, crc32c != null && count == all ? crc32c : Crc32c.of(chunk));
            passed(open, count);
        }
    }

    private void adopt(int lengthBytes, int crc32c) {
        gathered.flush();
        BlockRun open = run == null && job != null ? nextRun() : run;
        if (open == null || lengthBytes > open.room()) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "no block is open for " + lengthBytes + " bytes in place: path=" + target + ", offset=" + position);
        }
        placed.take(open, position, lengthBytes, crc32c, count -> passed(open, count));
        position += lengthBytes;
    }

    private BlockRun nextRun() {
        BlockRun open = new BlockRun(job(), emitted, next.take());
        run = open;
        return open;
    }

    /** After bytes have gone into a run: ends it where it is full, and has the next one's block allocated early. */
    private void passed(BlockRun open, int count) {
        emitted += count;
        if (open.room() == 0) {
            endRun();
        } else if (open.isFilledTo(inPlace ? AHEAD_IN_PLACE : AHEAD)) {
            next.allocate(store.sealers(), job(), open.end(), inPlace);
        }
    }

    private void endRun() {
        BlockRun ended = run;
        if (ended != null) {
            seals.await(MAX_SEALING - 1);
            run = null;
            seals.add(ended);
        }
    }

    private WriteJob job() {
        WriteJob started = job;
        if (started == null) {
            throw new IllegalStateException("bytes before the file was begun");
        }
        return started;
    }
}
