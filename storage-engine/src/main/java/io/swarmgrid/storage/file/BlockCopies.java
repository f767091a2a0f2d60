package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.replica.BlockStream;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.LostReplicaException;
import io.swarmgrid.storage.replica.SealedReplica;
import java.util.ArrayList;
import java.util.List;

/** Gives a block that was ended early the copies that it lacks, from one that survived. */
final class BlockCopies {
    private static final int MAX_ATTEMPTS = 8;

    private final WriteJob job;
    private final DataPath path;

    BlockCopies(WriteJob job) {
        this.job = job;
        this.path = job.path();
    }

    /**
     * What was done.
     *
     * @param nodes all that have the block by now
     * @param next a fresh block for what follows
     */
    record Added(List<String> nodes, BlockRecord next) {}

    /**
     * Copies the block to some of the nodes that the next one is allocated to.
     *
     * @param nodes who has it
     * @param nextOffset where the next block begins in the file
     * @throws GridException UNAVAILABLE where there are not enough nodes, NO_SPACE
     */
    Added add(SealedBlock done, BlockRecord record, List<String> nodes, long nextOffset) {
        List<String> have = new ArrayList<>(nodes);
        LostReplicaException last = null;
        for (int attempt = 0; attempt < MAX_ATTEMPTS && !have.isEmpty(); attempt++) {
            BlockRecord next = job.allocate(nextOffset);
            int wanted = Math.max(0, job.file().replicas() - have.size());
            List<String> targets = WriteJob.holders(next).stream()
                    .filter(node -> !have.contains(node))
                    .limit(wanted)
                    .toList();
            if (have.size() + targets.size() < job.required()) {
                break;
            }
            try {
                if (!targets.isEmpty()) {
                    copy(done, record, have.get(0), targets);
                }
                have.addAll(targets);
                return new Added(have, next);
            } catch (LostReplicaException e) {
                job.failed(e);
                have.remove(e.node());
                last = e;
                // What they have of it would be in the way of the next copy.
                targets.stream()
                        .filter(node -> !node.equals(e.node()))
                        .forEach(node -> job.discard(done.id(), done.epoch(), node));
            }
        }
        throw new GridException(
                ErrorCode.UNAVAILABLE,
                "too few nodes remain for block=" + done.id() + ": nodes=" + have + ", required=" + job.required(),
                last);
    }

    private void copy(SealedBlock done, BlockRecord record, String from, List<String> targets)
            throws LostReplicaException {
        job.leaves(record, targets);
        Pipeline pipeline = new Pipeline(path, job.context(), job.order(record), job.nodes(targets));
        try {
            pipeline.open(null);
            send(pipeline, done, from);
            for (SealedReplica copy : pipeline.seal(done.lengthBytes())) {
                copy.require(done.lengthBytes(), done.crc32c());
            }
        } finally {
            pipeline.close();
        }
    }

    private void send(Pipeline pipeline, SealedBlock done, String from) throws LostReplicaException {
        if (from.equals(path.here())) {
            try (BlockReader source = here(done)) {
                send(pipeline, done.lengthBytes(), from, source::read);
            }
        } else {
            GridNodeInfo holder = job.nodes(List.of(from)).get(0);
            try (BlockStream source =
                    BlockStream.open(path, job.context(), holder, done.id(), done.epoch(), 0, done.lengthBytes())) {
                send(pipeline, done.lengthBytes(), from, (position, length) -> next(source, length));
            }
        }
    }

    private BlockReader here(SealedBlock done) throws LostReplicaException {
        try {
            return path.blocks().open(done.id(), done.epoch());
        } catch (GridException e) {
            throw new LostReplicaException(path.here(), e);
        }
    }

    private interface Source {
        ByteBuf read(long position, int length);
    }

    private static ByteBuf read(String from, Source source, long position, int length) throws LostReplicaException {
        try {
            return source.read(position, length);
        } catch (GridException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            throw new LostReplicaException(from, e);
        }
    }

    private void send(Pipeline pipeline, long lengthBytes, String from, Source source) throws LostReplicaException {
        for (long at = 0; at < lengthBytes; ) {
            int length = (int) Math.min(path.chunkBytes(), lengthBytes - at);
            ByteBuf bytes = read(from, source, at, length);
            Chunk chunk = new Chunk(at, Crc32c.of(bytes), bytes);
            try {
                pipeline.send(chunk, at);
            } finally {
                chunk.release();
            }
            at += length;
        }
    }

    private ByteBuf next(BlockStream source, int length) {
        ByteBuf bytes = path.buffers().take(length);
        boolean good = false;
        try {
            source.read(bytes, length);
            good = true;
            return bytes;
        } finally {
            if (!good) {
                bytes.release();
            }
        }
    }
}
