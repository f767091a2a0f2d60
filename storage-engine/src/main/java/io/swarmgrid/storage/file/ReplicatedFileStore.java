package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.Resumed;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.Writerless;
import io.swarmgrid.storage.replica.DataPath;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Files whose bytes are blocks on several nodes and whose names and layouts are in the metadata. Thread-safe. */
public final class ReplicatedFileStore implements FileStore, AutoCloseable {
    private static final int IDLE_SECONDS = 30;

    private final FileMetadata metadata;
    private final DataPath path;
    private final ThreadPoolExecutor sealers;
    private final FileRecovery recovery;
    private final Turns turns = new Turns();

    public ReplicatedFileStore(FileMetadata metadata, DataPath path) {
        this.metadata = metadata;
        this.path = path;
        this.recovery = new FileRecovery(metadata, path);
        AtomicInteger number = new AtomicInteger();
        // What a writer has sealed and allocated at a time is bounded, and so are the writers: past that the writer
        // does it
        // itself.
        this.sealers = new ThreadPoolExecutor(
                0,
                (ReplicatedFileWriter.MAX_SEALING + 1) * path.config().maxOpenWriters(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                work -> {
                    Thread thread = new Thread(work, "file-seal-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    @Override
    public FileWriter put(CallContext context, GridPath target, PutOptions options) {
        return new ReplicatedFileWriter(this, context, target, new Ending.Put(metadata, target, options));
    }

    @Override
    public FileWriter create(CallContext context, GridPath target, PutOptions options) {
        OpenFile file = metadata.create(target, options);
        return new ReplicatedFileWriter(this, context, target, new Ending.Visible(metadata, file));
    }

    @Override
    public FileWriter append(CallContext context, GridPath target, WriterId who, @Nullable Long fileId) {
        Reopened opened = metadata.reopen(target, who, fileId);
        FileLayout layout = opened.layout();
        return goOn(context, opened.file(), LeftFile.of(layout), layout.lengthBytes());
    }

    @Override
    public Continued resume(CallContext context, Return who) {
        Long known = who.fileId();
        long fileId = known == null ? metadata.layout(who.path()).status().id() : known;
        Resumed resumed = metadata.resume(fileId, who.writer());
        Writerless taken = resumed.open();
        if (taken == null) {
            return new Continued(null, resumed.ended());
        }
        boolean good = false;
        try {
            LeftFile left = new Settling(metadata, path, context, taken, who.keptBytes()).run();
            FileWriter writer = goOn(context, taken.file(), left, who.syncedBytes());
            good = true;
            return new Continued(writer, null);
        } catch (GridException e) {
            throw e.code() == ErrorCode.LEASE_LOST ? overtaken(e) : e;
        } finally {
            if (!good) {
                metadata.abandon(taken.file());
            }
        }
    }

    /** By himself through another node, perhaps: only who asks again is told whether the file is his still. */
    private static GridException overtaken(GridException error) {
        return new GridException(
                ErrorCode.CONFLICT, "somebody took the file over meanwhile: " + error.getMessage(), error);
    }

    private FileWriter goOn(CallContext context, OpenFile file, LeftFile left, long syncedUpTo) {
        Ending ending = new Ending.Visible(metadata, file);
        ReplicatedFileWriter writer = new ReplicatedFileWriter(this, context, file.path(), ending);
        writer.goOnAfter(left, syncedUpTo);
        return writer;
    }

    @Override
    public FileStatus truncate(GridPath file, long lengthBytes, @Nullable Long fileId) {
        requireWithin(metadata.layout(file), lengthBytes);
        Reopened opened = metadata.reopen(file, WriterId.NONE, fileId);
        boolean closed = false;
        try {
            FileLayout layout = opened.layout();
            requireWithin(layout, lengthBytes);
            byte[] inline = layout.inline();
            FileStatus status = inline != null
                    ? metadata.commitInline(opened.file(), Arrays.copyOf(inline, (int) lengthBytes))
                    : metadata.close(opened.file(), beginning(layout, lengthBytes), lengthBytes);
            closed = true;
            return status;
        } finally {
            if (!closed) {
                metadata.abandon(opened.file());
            }
        }
    }

    @Override
    public FileStatus concat(
            CallContext context, GridPath target, List<GridPath> sources, @Nullable OperationId operation) {
        return new Concatenating(metadata, path, context, operation).join(target, sources);
    }

    private static void requireWithin(FileLayout layout, long lengthBytes) {
        if (lengthBytes < 0 || lengthBytes > layout.lengthBytes()) {
            throw GridException.invalid("cannot cut to " + lengthBytes + " bytes a file of " + layout.lengthBytes()
                    + ": " + layout.status().path());
        }
    }

    private static List<BlockId> beginning(FileLayout layout, long lengthBytes) {
        return layout.blocks().stream()
                .filter(block -> block.offset() < lengthBytes)
                .map(BlockRecord::id)
                .toList();
    }

    @Override
    public FileStatus recover(CallContext context, GridPath file) {
        recovery.recover(context, metadata.layout(file).status().id());
        return metadata.layout(file).status();
    }

    /** Closes a file whose writer is dead, soon, unless it has one again, under another lease. */
    public void writerless(long fileId, long leaseEpoch) {
        recovery.later(fileId, leaseEpoch);
    }

    @Override
    public FileReader open(CallContext context, GridPath file) {
        return open(context, metadata.layout(file));
    }

    @Override
    public FileReader open(CallContext context, long fileId) {
        return open(context, metadata.layout(fileId));
    }

    @Override
    public FileReader open(CallContext context, FileLayout layout) {
        return new ReplicatedFileReader(new Holders(path, metadata, context, new Suspects(), turns.next()), layout);
    }

    FileMetadata metadata() {
        return metadata;
    }

    DataPath path() {
        return path;
    }

    ThreadPoolExecutor sealers() {
        return sealers;
    }

    /** Writers that are still open fail. Idempotent. */
    @Override
    public void close() {
        recovery.close();
        sealers.shutdownNow();
    }
}
