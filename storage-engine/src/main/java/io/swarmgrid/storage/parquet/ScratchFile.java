package io.swarmgrid.storage.parquet;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.file.FileReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/*
 * Not the block's own file: what is here was checked by the reader, whichever node, tier or store it came from, however many blocks
 * the file has, and it is no more than what is decoded.
 */
/** What is needed of one file, at the places where it is there; the rest are holes. Gone once it is closed. Confined to one thread. */
final class ScratchFile implements AutoCloseable {
    private static final int PIECE_BYTES = 1 << 20;

    private final FileReader file;
    private final Path path;
    private final FileChannel channel;

    /**
     * An empty one.
     *
     * @param file stays the caller's
     */
    ScratchFile(FileReader file, Path directory) {
        this.file = file;
        this.path = directory.resolve(UUID.randomUUID() + ".parquet");
        try {
            this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    Path path() {
        return path;
    }

    /** Brings the bytes from one place up to another. */
    void bring(long from, long to) {
        for (long at = from; at < to; ) {
            ByteBuf bytes = file.read(at, (int) Math.min(PIECE_BYTES, to - at));
            try {
                while (bytes.isReadable()) {
                    at += bytes.readBytes(channel, at, bytes.readableBytes());
                }
            } catch (IOException e) {
                throw failure(e);
            } finally {
                bytes.release();
            }
        }
    }

    private GridException failure(IOException e) {
        return new GridException(
                ErrorCode.OVERLOADED,
                "no room to decode " + file.layout().status().path() + " in " + path.getParent() + ": "
                        + e.getMessage(),
                file.layout().status().path(),
                null,
                e);
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
