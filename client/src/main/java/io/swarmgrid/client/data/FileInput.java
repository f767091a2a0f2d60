package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One file, read at any place: as a stream with a position, and at places of the caller's own. It is the very file that was
 * opened, also after it was renamed or removed, until its bytes are reclaimed. Reads go on at another node where one dies.
 *
 * <p>The stream with a position is confined to one thread at a time; {@link #readAt} is thread-safe.
 */
public final class FileInput implements AutoCloseable {
    /*
     * How much is asked for at once follows what is done with it: the first read of a file asks for all the rest, since most
     * files are read from front to back. A seek ends that, asks for little, and for twice as much each time that the reader
     * comes to the end of what was asked. A short way forward is read over, which costs less than asking anew.
     *
     * Who jumps to near the end looks for the footer of a format such as Parquet, whose length stands behind it: reads eight bytes,
     * goes back by what they say, and often once more. So all of the end is asked for, once, and kept.
     */
    private static final int TAIL_BYTES = 256 << 10;

    private static final long AFTER_SEEK_BYTES = 256 << 10;
    private static final long MAX_WINDOW_BYTES = 64 << 20;
    private static final long READ_OVER_BYTES = 512 << 10;

    private final FileStatus file;
    private final LocalBlocks local;
    private long position;
    private long windowBytes = Long.MAX_VALUE;
    private @Nullable Pieces source;
    /** Where the bytes at hand begin, or those to come. */
    private long sourceAt;

    private @Nullable ByteBuf atHand;
    /** The end of the file, from {@link #tailAt} on; null where nobody asked for it. */
    private @Nullable ByteBuffer tail;

    private final long tailAt;
    private boolean closed;

    private FileInput(GridClient client, FileStatus file) {
        this.file = file;
        this.local = new LocalBlocks(client, Opened.of(file));
        this.tailAt = Math.max(0, file.sizeBytes() - TAIL_BYTES);
    }

    /** Opens what a status shows; asks for no byte yet. */
    public static FileInput open(GridClient client, FileStatus file) {
        return new FileInput(client, file);
    }

    public FileStatus file() {
        return file;
    }

    public long position() {
        return position;
    }

    /** Whether the byte at a place is read from a file of this machine; asks a node of it, once for some of the file, to find out. */
    public boolean isHere(long at) {
        return at < file.sizeBytes() && local.has(at);
    }

    /** Says that single places will be read, not the file from front to back. */
    public void expectRandom() {
        windowBytes = AFTER_SEEK_BYTES;
    }

    /** Moves the position; asks for nothing. */
    public void seek(long to) {
        requireOpen();
        if (to < 0 || to > file.sizeBytes()) {
            throw GridException.invalid(
                    "cannot seek: position=" + to + " of " + file.sizeBytes() + ", path=" + file.path());
        }
        position = to;
    }

    /** Bytes that the next read gets without waiting. */
    public int atHandBytes() {
        if (tail != null && position >= tailAt) {
            return (int) (file.sizeBytes() - position);
        }
        ByteBuf bytes = atHand;
        return bytes == null || sourceAt != position ? 0 : bytes.readableBytes();
    }

    /**
     * Reads some bytes at the position and moves it on.
     *
     * @return how many; -1 at the end
     */
    public int read(ByteBuffer target) {
        requireOpen();
        if (!target.hasRemaining()) {
            return 0;
        }
        if (position >= file.sizeBytes()) {
            return -1;
        }
        ByteBuffer end = tailAtPosition();
        if (end != null) {
            int count = (int) Math.min(target.remaining(), file.sizeBytes() - position);
            target.put(end.slice((int) (position - tailAt), count));
            position += count;
            return count;
        }
        ByteBuf bytes = bytesAtPosition(target.remaining());
        int count = take(bytes, target);
        position += count;
        sourceAt += count;
        return count;
    }

    /**
     * Fills the target with the bytes from a place on, by a request of its own that leaves the stream alone.
     *
     * @throws GridException INVALID_ARGUMENT where the file ends before
     */
    public void readAt(long from, ByteBuffer target) {
        long length = target.remaining();
        if (from < 0 || length > file.sizeBytes() - from) {
            throw GridException.invalid("cannot read past the end: offset=" + from + ", length=" + length + " of "
                    + file.sizeBytes() + ", path=" + file.path());
        }
        if (length == 0) {
            return;
        }
        while (target.hasRemaining()) {
            int left = target.remaining();
            try (Pieces pieces = local.pieces(from + length - left, left, left)) {
                fill(target, pieces);
            }
            if (target.remaining() == left) {
                throw new GridException(ErrorCode.CORRUPT_DATA, "ended before its end: " + file.path());
            }
        }
    }

    /** The end of the file, where the position lies in it and was not come to step by step. */
    private @Nullable ByteBuffer tailAtPosition() {
        if (position < tailAt) {
            return null;
        }
        boolean comesOn =
                source == null ? position == sourceAt : position >= sourceAt && position - sourceAt <= READ_OVER_BYTES;
        if (tail == null && !comesOn) {
            ByteBuffer end = ByteBuffer.allocate((int) (file.sizeBytes() - tailAt));
            readAt(tailAt, end);
            drop();
            windowBytes = Math.min(windowBytes, AFTER_SEEK_BYTES);
            tail = end.flip();
        }
        return tail;
    }

    /** Gives back the buffers, the files and the call that stand behind the stream; its position stays. */
    public void unbuffer() {
        forget();
        local.release();
    }

    @Override
    public void close() {
        closed = true;
        forget();
        local.close();
    }

    private void forget() {
        tail = null;
        drop();
    }

    private void drop() {
        if (atHand != null) {
            atHand.release();
            atHand = null;
        }
        if (source != null) {
            source.close();
            source = null;
        }
    }

    private ByteBuf bytesAtPosition(int wanted) {
        long ahead = position - sourceAt;
        if (source != null && (ahead < 0 || ahead > READ_OVER_BYTES)) {
            drop();
            windowBytes = AFTER_SEEK_BYTES;
        }
        while (true) {
            ByteBuf bytes = atHand;
            if (bytes != null && bytes.isReadable()) {
                int over = (int) Math.min(position - sourceAt, bytes.readableBytes());
                bytes.skipBytes(over);
                sourceAt += over;
                if (bytes.isReadable()) {
                    return bytes;
                }
            }
            if (bytes != null) {
                bytes.release();
                atHand = null;
            }
            if (source == null) {
                ask(wanted);
            }
            Pieces pieces = source;
            atHand = pieces == null ? null : pieces.next();
            if (atHand == null) {
                source = null;
            }
        }
    }

    private void ask(int wanted) {
        long length = Math.min(file.sizeBytes() - position, Math.max(wanted, windowBytes));
        source = local.pieces(position, length, wanted);
        sourceAt = position;
        if (windowBytes < MAX_WINDOW_BYTES) {
            windowBytes *= 2;
        }
    }

    private static void fill(ByteBuffer target, Pieces pieces) {
        for (ByteBuf bytes = pieces.next(); bytes != null; bytes = pieces.next()) {
            try {
                take(bytes, target);
            } finally {
                bytes.release();
            }
        }
    }

    private static int take(ByteBuf bytes, ByteBuffer target) {
        int count = Math.min(bytes.readableBytes(), target.remaining());
        int limit = target.limit();
        target.limit(target.position() + count);
        bytes.readBytes(target);
        target.limit(limit);
        return count;
    }

    private void requireOpen() {
        if (closed) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "closed: " + file.path());
        }
    }
}
