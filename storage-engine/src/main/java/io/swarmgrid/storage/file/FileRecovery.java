package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Writerless;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import io.swarmgrid.storage.replica.ReplicaOrder;
import io.swarmgrid.storage.replica.SealedReplica;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * First the metadata fences the writer (a later epoch of the lease), then it raises the epoch of each block that is not
 * sealed, and only then are its holders asked: each takes the block from whoever writes it there, keeps the new epoch and
 * ends it. What they say they have cannot grow any more. The file ends at the longest length that all of them have who have
 * at least what readers saw; who has less lost it, and is left out. Where nobody who lives has that much the file stays
 * open, and the next attempt may find those who do.
 */
/** Closes visible files that lost their writers. Thread-safe. */
final class FileRecovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileRecovery.class);
    private static final int AT_ONCE = 4;
    /** What does not fit is named again by the next sweep. */
    private static final int QUEUE = 1024;

    private final FileMetadata metadata;
    private final DataPath path;
    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor executor;

    FileRecovery(FileMetadata metadata, DataPath path) {
        this.metadata = metadata;
        this.path = path;
        this.executor = new ThreadPoolExecutor(
                AT_ONCE, AT_ONCE, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), work -> {
                    Thread thread = new Thread(work, "file-recovery");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Closes a file soon, unless that is under way already. */
    void later(long fileId) {
        if (!underWay.add(fileId)) {
            return;
        }
        try {
            executor.execute(() -> recoverQuietly(fileId));
        } catch (RejectedExecutionException e) {
            underWay.remove(fileId);
            LOG.debug("recovery put off: file={}", fileId);
        }
    }

    private void recoverQuietly(long fileId) {
        try {
            recover(CallContext.background(path.here(), "recover-" + Long.toHexString(fileId)), fileId);
        } catch (GridException e) {
            LOG.warn("file without a writer stays open for now: file={} error={}", fileId, e.getMessage());
        } finally {
            underWay.remove(fileId);
        }
    }

    /**
     * Closes a file, whoever writes it; nothing where it is closed.
     *
     * @throws GridException UNAVAILABLE where no living node has all that readers saw; it is tried again by itself
     */
    void recover(CallContext context, long fileId) {
        Writerless taken = metadata.takeOver(fileId);
        if (taken == null) {
            return;
        }
        boolean closed = false;
        try {
            FileStatus status = new Recovery(context, taken).run();
            closed = true;
            LOG.info(
                    "file without a writer closed: path={} seen_bytes={} size_bytes={}",
                    status.path(),
                    taken.lengthBytes(),
                    status.sizeBytes());
        } finally {
            if (!closed) {
                metadata.abandon(taken.file());
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** The recovery of one file. */
    private final class Recovery {
        private final WriteJob job;
        private final CallContext context;
        private final Writerless taken;
        private final List<BlockId> kept = new ArrayList<>();
        private long end;

        Recovery(CallContext context, Writerless taken) {
            this.job = new WriteJob(path, metadata, context, taken.file());
            this.context = context;
            this.taken = taken;
        }

        FileStatus run() {
            List<BlockRecord> blocks = taken.blocks();
            if (taken.shown() == 0) {
                end = taken.lengthBytes(); // of what is kept in the metadata
            }
            for (int i = 0; i < taken.shown(); i++) {
                shown(blocks.get(i), i + 1 < taken.shown() ? blocks.get(i + 1).offset() : taken.lengthBytes());
            }
            for (BlockRecord block : blocks.subList(taken.shown(), blocks.size())) {
                if (block.offset() == end && (end == 0 || !kept.isEmpty())) {
                    boolean sealed = block.state() == BlockState.SEALED;
                    keep(block.id(), sealed ? block.lengthBytes() : settle(block, 0));
                }
            }
            if (end < taken.lengthBytes()) {
                throw new GridException(
                        ErrorCode.CORRUPT_DATA,
                        "only " + end + " of " + taken.lengthBytes() + " bytes that were seen are there: "
                                + taken.file().path());
            }
            return metadata.close(taken.file(), kept, end);
        }

        /** A block that readers saw, up to a place in the file: there the next one begins, or it is the last one. */
        private void shown(BlockRecord block, long seenUpTo) {
            if (block.state() == BlockState.OPEN) {
                keep(block.id(), settle(block, block.lengthBytes()));
                return;
            }
            kept.add(block.id());
            end = seenUpTo;
        }

        private void keep(BlockId id, long lengthBytes) {
            if (lengthBytes > 0) {
                kept.add(id);
                end += lengthBytes;
            }
        }

        /** Seals a block; its length, 0 where nothing of it is left or needed. */
        private long settle(BlockRecord block, long seenBytes) {
            List<String> holders = WriteJob.holders(block);
            BlockRecord next = metadata.bumpEpoch(taken.file(), block.id(), holders);
            List<SealedReplica> copies = ask(next, holders, BlockStore.ALL, Math.max(1, seenBytes));
            if (copies.isEmpty() && seenBytes == 0) {
                return 0;
            }
            long common =
                    copies.stream().mapToLong(SealedReplica::lengthBytes).min().orElse(0);
            if (copies.stream().anyMatch(copy -> copy.lengthBytes() != common)) {
                List<String> nodes = copies.stream().map(SealedReplica::node).toList();
                next = metadata.bumpEpoch(taken.file(), block.id(), holders);
                copies = ask(next, nodes, common, common);
            }
            if (copies.isEmpty()) {
                throw new GridException(
                        ErrorCode.UNAVAILABLE,
                        "no living node has the " + seenBytes + " bytes that were seen of block=" + block.id()
                                + ": path=" + taken.file().path() + ", nodes=" + holders,
                        taken.file().path().toString(),
                        "bring one of the nodes back",
                        null);
            }
            int crc = copies.get(0).crc32c();
            List<String> nodes = copies.stream()
                    .filter(copy -> copy.crc32c() == crc)
                    .map(SealedReplica::node)
                    .toList();
            metadata.seal(taken.file(), new SealedBlock(block.id(), next.epoch(), common, crc), nodes);
            return common;
        }

        private List<SealedReplica> ask(BlockRecord block, List<String> nodes, long cutTo, long atLeast) {
            ReplicaOrder order = job.order(block);
            List<SealedReplica> copies = new ArrayList<>();
            for (String name : nodes) {
                Optional<GridNodeInfo> node = path.nodes().find(name);
                if (node.isEmpty()) {
                    continue;
                }
                try {
                    SealedReplica copy = new RemoteBlocks(path).settle(context, node.get(), order, cutTo);
                    if (copy.lengthBytes() >= atLeast) {
                        copies.add(copy);
                    } else {
                        LOG.warn("copy of an open block is too short: {} wanted_bytes={}", copy, atLeast);
                    }
                } catch (GridException e) {
                    LOG.warn("copy of an open block is lost: {} node={} error={}", order, name, e.getMessage());
                }
            }
            return copies;
        }
    }
}
