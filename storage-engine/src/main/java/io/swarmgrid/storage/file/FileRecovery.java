package io.swarmgrid.storage.file;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Writerless;
import io.swarmgrid.storage.replica.DataPath;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    void later(long fileId, long leaseEpoch) {
        if (!underWay.add(fileId)) {
            return;
        }
        try {
            executor.execute(() -> recoverQuietly(fileId, leaseEpoch));
        } catch (RejectedExecutionException e) {
            underWay.remove(fileId);
            LOG.debug("recovery put off: file={}", fileId);
        }
    }

    private void recoverQuietly(long fileId, long leaseEpoch) {
        try {
            CallContext context = CallContext.background(path.here(), "recover-" + Long.toHexString(fileId));
            close(context, metadata.takeOver(fileId, leaseEpoch));
        } catch (GridException e) {
            LOG.warn("file without a writer stays open for now: file={} error={}", fileId, e.getMessage());
        } finally {
            underWay.remove(fileId);
        }
    }

    /**
     * Closes a file, whoever writes it, and does not let him go on with it; nothing where it is closed.
     *
     * @throws GridException UNAVAILABLE where no living node has all that readers saw, and another may; it is tried again by itself
     */
    void recover(CallContext context, long fileId) {
        close(context, metadata.takeOver(fileId));
    }

    private void close(CallContext context, @Nullable Writerless taken) {
        if (taken == null) {
            return;
        }
        boolean closed = false;
        try {
            LeftFile left = new Settling(metadata, path, context, taken, Settling.NOBODY_KNOWS).run();
            List<BlockId> blocks = left.blocks().stream().map(BlockRecord::id).toList();
            FileStatus status = metadata.close(taken.file(), blocks, left.end(), Closing.LEFT);
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
}
