package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.PutMany;
import io.swarmgrid.client.wire.PutManyResult;
import io.swarmgrid.client.wire.ShardPut;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Raw bytes of whole files, in and out. */
public final class Transfers {
    /** How a file is stored; null leaves the grid's or the path's policy. */
    public record FileOptions(
            boolean overwrite,
            @Nullable Integer replicas,
            @Nullable String durability) {
        public static final FileOptions DEFAULT = new FileOptions(false, null, null);
    }

    private final GridClient client;
    private final FileTransfer transfer;
    private final FileOptions options;

    public Transfers(Session session, FileOptions options) {
        this.client = session.client();
        this.transfer = new FileTransfer(client);
        this.options = options;
    }

    /**
     * Puts all that the source has.
     *
     * @param sizeBytes as far as it is known; negative otherwise
     * @return bytes put
     */
    public long put(ReadableByteChannel in, long sizeBytes, String path, Progress progress) throws IOException {
        FilePut put = new FilePut(path, options.overwrite(), null, options.replicas(), options.durability());
        return transfer.put(put, sizeBytes, in, progress::advance).sizeBytes();
    }

    /**
     * Puts small files of one directory together, all or none.
     *
     * @return whether they were; not where the grid does not keep one of them in its metadata: then each has to be put by itself
     */
    boolean putMany(String directory, List<PutMany.File> files, Progress progress) {
        PutMany put = new PutMany(
                directory,
                files,
                options.overwrite(),
                options.replicas(),
                options.durability(),
                UUID.randomUUID().toString());
        try {
            PutManyResult done = client.action("fs.put_many", put, PutManyResult.class);
            progress.advance(done.sizeBytes());
            return true;
        } catch (GridException e) {
            // Of an older grid that has no such action, too.
            if (e.code() != ErrorCode.INVALID_ARGUMENT && e.code() != ErrorCode.UNKNOWN_OPERATION) {
                throw e;
            }
            return false;
        }
    }

    /** Puts all that the source has as one shard of an open checkpoint session. */
    public long putShard(String session, String shard, ReadableByteChannel in, LongConsumer progress)
            throws IOException {
        return transfer.putShard(new ShardPut(session, shard), in, progress).sizeBytes();
    }

    /** Gets a whole file. */
    public void get(String path, WritableByteChannel out, Progress progress) throws IOException {
        transfer.get(new FileRead(path, null, null), out, progress::advance);
    }
}
