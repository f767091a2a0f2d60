package io.swarmgrid.client.data;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Repeat;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.ShardPut;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Raw bytes of files, in and out. Thread-safe. */
public final class FileTransfer {
    private static final int PIECE_BYTES = 64 << 10;

    private final GridClient client;

    public FileTransfer(GridClient client) {
        this.client = client;
    }

    /**
     * Puts a file, which becomes visible as a whole after its last byte. Where the node dies and the source can go back to
     * where it began (a local file can), or not more than 32 MiB of it were read, which are kept, the put is made again at another node;
     * its id lets it happen once.
     *
     * @param put where and how; without a {@code putId} it gets one
     * @param sizeBytes how many bytes there will be; negative where that is not known
     * @param progress told of the bytes that were sent; of a negative number where they have to be sent again
     * @throws GridException as the grid answers; UNKNOWN_OUTCOME where all was sent once, but no answer came, then or later
     */
    public PutResult put(FilePut put, long sizeBytes, ReadableByteChannel source, LongConsumer progress)
            throws IOException {
        return source instanceof SeekableByteChannel file
                ? putAgain(PutAttempts.named(put), sizeBytes, file, progress)
                : putOnce(put, source, progress);
    }

    private PutResult putOnce(FilePut put, ReadableByteChannel source, LongConsumer progress) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        try (FileOutput output = new FileOutput(client, put)) {
            for (int count = source.read(piece); count >= 0; count = source.read(piece.clear())) {
                output.write(piece.flip());
                progress.accept(count);
            }
            return output.commit();
        }
    }

    private PutResult putAgain(FilePut named, long sizeBytes, SeekableByteChannel source, LongConsumer progress)
            throws IOException {
        PutAttempts attempts = new PutAttempts(named, client.options().timeout());
        long begin = source.position();
        while (true) {
            Attempt once = new Attempt(named, sizeBytes, source, progress);
            try {
                return once.run();
            } catch (Broken e) {
                attempts.brokeOff(e, true, once.sentBytes);
            } catch (GridException e) {
                throw attempts.refused(e);
            }
            source.position(begin);
            progress.accept(-once.sentBytes);
        }
    }

    /** One try of a put at one node. */
    private final class Attempt {
        private final FilePut put;
        private final long sizeBytes;
        private final ReadableByteChannel source;
        private final LongConsumer progress;
        private long sentBytes;

        Attempt(FilePut put, long sizeBytes, ReadableByteChannel source, LongConsumer progress) {
            this.put = put;
            this.sizeBytes = sizeBytes;
            this.source = source;
            this.progress = progress;
        }

        PutResult run() throws IOException, Broken {
            try (FileUpload upload = start()) {
                upload.transferFrom(source, bytes -> {
                    sentBytes += bytes;
                    progress.accept(bytes);
                });
                return upload.commit();
            } catch (GridException e) {
                throw Broken.of(e);
            }
        }

        private FileUpload start() {
            @Nullable Long size = sizeBytes < 0 ? null : sizeBytes;
            return client.anywhere("put " + put.path(), Repeat.READ, location -> {
                client.connected(location);
                return client.bytes().put(location, client.newHeaders(), put, size);
            });
        }
    }

    /**
     * Puts one shard of an open checkpoint session; it becomes visible with the commit of the session. Not tried again: a
     * shard that broke off is not there, and may be put again by the caller.
     *
     * @param progress told of the bytes that were sent
     */
    public PutResult putShard(ShardPut put, ReadableByteChannel source, LongConsumer progress) throws IOException {
        try {
            return new RawPut(client, Commands.encode("checkpoint.put", put)).run(source, progress);
        } catch (Broken e) {
            throw new GridException(
                    e.error.code(),
                    "the shard broke off: " + put.shard() + ": " + e.getMessage(),
                    null,
                    "put it again into the same session",
                    e);
        }
    }

    /**
     * Reads a file, or a part of it: a large one from the block files of this machine where a node of it holds them, all else
     * from the nodes. Goes on at another node, at the byte reached, where one dies in the middle.
     *
     * @param progress told of each count of bytes written
     * @return bytes written
     * @throws GridException NOT_FOUND; PRECONDITION_FAILED where the file changed meanwhile; UNAVAILABLE where no byte came
     *     for as long as the client is patient
     */
    public long get(FileRead read, WritableByteChannel target, LongConsumer progress) throws IOException {
        return FileGet.run(client, read, target, progress);
    }
}
