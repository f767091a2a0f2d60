package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.replica.LostReplicaException;
import io.swarmgrid.storage.replica.SealedReplica;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a file as long as a block. It is one block, unless nodes are lost: then the survivors go on while they are
 * enough; if they are too few, the block ends where all of them have it, other nodes get a copy of that, and a fresh block
 * takes what follows. What was sent and not acknowledged is kept to be sent again.
 *
 * <p>Confined to one thread at a time, but for {@link #abort}.
 */
final class BlockRun {
    /** Each recovery leaves out one node more, so this is never reached by nodes that merely die. */
    private static final int MAX_RECOVERIES = 16;

    private final WriteJob job;
    private final long start;
    private final long limitBytes;
    private final Window window = new Window();
    private final List<BlockId> sealed = new ArrayList<>();

    private @Nullable Allocation early;
    private @Nullable BlockRecord block;
    /** Who is of no more use for the present block, though others may be tried there. */
    private final Set<String> lost = new HashSet<>();

    private @Nullable BlockWriter kept;
    /** Into which the caller writes, where it is on this machine. */
    private @Nullable Shown shown;

    /** Where in the run the present block begins. */
    private long base;
    /** Bytes of the run so far. */
    private long taken;
    /** What all of the present block's nodes have, at least. */
    private long acked;

    private volatile @Nullable Pipeline pipeline;
    private volatile boolean aborted;

    private final KeptBytes keptBytes;

    /**
     * A run that has taken nothing yet.
     *
     * @param start where in the file the run begins
     * @param early the block for it, if one is being allocated already; the run's from now on
     */
    BlockRun(WriteJob job, long start, @Nullable Allocation early) {
        this.job = job;
        this.start = start;
        this.early = early;
        this.limitBytes = job.path().config().blockSize().bytes();
        this.keptBytes = new KeptBytes(start);
    }

    /** Up to where in the file all nodes of its blocks have it; from any thread. */
    long keptUpTo() {
        return keptBytes.upTo();
    }

    /** Up to where in the file it has taken bytes. */
    long takenUpTo() {
        return start + taken;
    }

    /** How many bytes it still takes. */
    long room() {
        return limitBytes - taken;
    }

    /** Whether it has taken more than that part of what it can. */
    boolean isFilledTo(double part) {
        return taken >= limitBytes * part;
    }

    /** Where in the file the next run begins. */
    long end() {
        return start + limitBytes;
    }

    /** The block that the run began with, and where it lies on this node. */
    OpenBlock openBlock() {
        BlockWriter here = writer();
        if (shown == null && base == 0 && here != null && here.reserve(room())) {
            shown = Shown.of(here);
        }
        return new OpenBlock(start, start + limitBytes, shown == null ? null : shown.file());
    }

    /** This node's writer of the present block. */
    private @Nullable BlockWriter writer() {
        Pipeline open = pipeline;
        return open == null ? null : open.writer();
    }

    /** The next bytes of what the caller put into the file that was shown, to be given to {@link #adopt}. */
    void peek(ByteBuffer into) {
        try {
            pipeline();
        } catch (LostReplicaException e) {
            recover(e);
        }
        if (shown == null) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "bytes in place where no place was told: path=" + job.file().path());
        }
        shown.read(into, taken);
    }

    /** Takes the ownership of the buffer. */
    void write(ByteBuf bytes, int crc32c) {
        take(new Chunk(taken, crc32c, bytes));
    }

    /** Like {@link #write}, of bytes that came from {@link #peek}. */
    void adopt(ByteBuf bytes, int crc32c) {
        BlockWriter here = writer();
        boolean inPlace = base == 0 && here != null && shown != null && shown.isOf(here);
        take(inPlace ? Chunk.inPlace(taken, crc32c, bytes) : new Chunk(taken, crc32c, bytes));
    }

    private void take(Chunk chunk) {
        window.add(chunk);
        taken = chunk.end();
        try {
            Pipeline open = pipeline();
            open.send(chunk, chunk.offset() - base);
        } catch (LostReplicaException e) {
            recover(e);
        }
        trim();
    }

    /** Has all nodes of the present block keep it; the blocks of the run so far, in order. */
    List<BlockId> flush(boolean onDevice) {
        while (taken > base) {
            try {
                pipeline().flush(taken - base, onDevice);
                break;
            } catch (LostReplicaException e) {
                recover(e);
            }
        }
        List<BlockId> blocks = new ArrayList<>(sealed);
        BlockRecord open = block;
        if (open != null && taken > base) {
            blocks.add(open.id());
        }
        return blocks;
    }

    /** Seals the run on all its nodes and records it. Returns its blocks in order. */
    List<BlockId> seal() {
        try {
            while (taken > base) {
                try {
                    Pipeline open = pipeline();
                    long length = taken - base;
                    List<String> nodes = check(open.seal(length), length, window.crc32c());
                    record(length, window.crc32c(), nodes);
                    open.close();
                    pipeline = null;
                    break;
                } catch (LostReplicaException e) {
                    recover(e);
                }
            }
            return List.copyOf(sealed);
        } finally {
            dispose();
        }
    }

    /** Ends what is being waited for; from any thread. The thread that works on the run disposes of it. */
    void abort() {
        aborted = true;
        Pipeline open = pipeline;
        if (open != null) {
            open.cancel();
        }
    }

    /** Gives back what the run holds on this node. Idempotent. */
    void dispose() {
        Pipeline open = pipeline;
        if (open != null) {
            open.close();
            pipeline = null;
        }
        closeKept();
        if (early != null) {
            early.giveUp(); // nothing came that would have needed it
            early = null;
        }
        if (shown != null) {
            shown.close();
            shown = null;
        }
        window.release();
    }

    private Pipeline pipeline() throws LostReplicaException {
        Pipeline open = pipeline;
        if (open != null) {
            return open;
        }
        BlockRecord fresh = block;
        if (fresh == null) {
            fresh = takeEarly();
        }
        if (fresh == null) {
            fresh = job.allocate(start + base);
        }
        begin(fresh);
        return connect(new Pipeline(job.path(), job.context(), job.order(fresh), job.nodes(WriteJob.holders(fresh))));
    }

    private void begin(BlockRecord fresh) {
        if (!fresh.equals(block)) {
            lost.clear();
        }
        block = fresh;
    }

    /** The block that was allocated beforehand; null where there is none, or one of its nodes was lost meanwhile. */
    private @Nullable BlockRecord takeEarly() {
        Allocation allocation = early;
        early = null;
        Optional<EarlyBlock> taken = allocation == null ? Optional.empty() : allocation.take();
        if (taken.isEmpty()) {
            return null;
        }
        EarlyBlock allocated = taken.get();
        kept = allocated.writer(); // closed with the run, whatever comes
        if (kept != null) {
            shown = Shown.of(kept);
        }
        if (WriteJob.holders(allocated.block()).stream().anyMatch(job::hasFailed)) {
            closeKept();
            return null;
        }
        return allocated.block();
    }

    private Pipeline connect(Pipeline next) throws LostReplicaException {
        pipeline = next;
        if (aborted) {
            throw new GridException(
                    ErrorCode.CANCELLED,
                    "the write was given up: path=" + job.file().path());
        }
        BlockWriter mine = kept;
        kept = null;
        next.open(mine);
        keptBytes.through(next, start + base);
        return next;
    }

    private void recover(LostReplicaException first) {
        LostReplicaException last = first;
        for (int attempt = 0; attempt < MAX_RECOVERIES; attempt++) {
            job.failed(last);
            lost.add(last.node());
            detach();
            try {
                goOn();
                for (Chunk chunk : window) {
                    chunk.resend();
                    pipeline().send(chunk, chunk.offset() - base);
                }
                return;
            } catch (LostReplicaException again) {
                last = again;
            } catch (GridException e) {
                throw aborted ? e : job.explained(last, e);
            }
        }
        throw job.explained(last, last.error());
    }

    /** Takes from the pipeline what is worth keeping. */
    private void detach() {
        Pipeline broken = pipeline;
        if (broken != null) {
            acked = Math.max(acked, keptBytes.ended(broken, start + base) - start - base);
            BlockWriter mine = broken.takeWriter();
            broken.close();
            pipeline = null;
            kept = mine;
        }
        if (job.hasFailed(job.path().here())) {
            closeKept();
        }
        window.dropUpTo(base + acked);
    }

    private void goOn() throws LostReplicaException {
        BlockRecord broken = block;
        if (broken == null) {
            return;
        }
        List<String> survivors = WriteJob.holders(broken).stream()
                .filter(node -> !lost.contains(node) && !job.hasFailed(node))
                .toList();
        if (survivors.isEmpty() && acked > 0) {
            throw job.allLost(broken, acked);
        }
        boolean enough = job.areEnough(survivors);
        if (!enough && acked == 0) {
            closeKept();
            block = null;
            return;
        }
        BlockRecord next = job.bumpEpoch(broken, survivors);
        block = next;
        Pipeline rest = connect(new Pipeline(
                job.path(), job.context(), job.order(next).resumedAt(next.epoch(), acked), job.nodes(survivors)));
        if (!enough) {
            endBlock(rest, next);
        }
    }

    /** Ends the present block where all survivors have it and gives other nodes copies of it. */
    private void endBlock(Pipeline survivors, BlockRecord ending) throws LostReplicaException {
        long length = acked;
        int crcSoFar = window.crcBefore();
        List<String> nodes = check(survivors.seal(length), length, crcSoFar);
        survivors.close();
        pipeline = null;
        SealedBlock done = new SealedBlock(ending.id(), ending.epoch(), length, crcSoFar);
        BlockCopies.Added added = new BlockCopies(job).add(done, ending, nodes, start + base + length);
        record(length, crcSoFar, added.nodes());
        begin(added.next());
        acked = 0;
        window.beginBlock();
    }

    private void record(long length, int crc32c, List<String> nodes) {
        BlockRecord done = block;
        if (done == null) {
            throw new IllegalStateException("sealed no block");
        }
        job.seal(new SealedBlock(done.id(), done.epoch(), length, crc32c), nodes);
        sealed.add(done.id());
        block = null;
        base += length;
        keptBytes.sealedUpTo(start + base);
    }

    /** The names of those that have the block; a copy that is not what was sent is a lost one. */
    private List<String> check(List<SealedReplica> copies, long length, int expected) throws LostReplicaException {
        List<String> nodes = new ArrayList<>();
        for (SealedReplica copy : copies) {
            copy.require(length, expected);
            nodes.add(copy.node());
        }
        return nodes;
    }

    private void trim() {
        Pipeline open = pipeline;
        if (open != null) {
            window.dropUpTo(base + open.acked());
        }
    }

    private void closeKept() {
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }
}
