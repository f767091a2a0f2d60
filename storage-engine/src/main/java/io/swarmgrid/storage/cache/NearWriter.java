package io.swarmgrid.storage.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.bytes.LentBlock;
import io.swarmgrid.storage.block.NearTier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Writes one near file, whose room was promised whole. It is told by {@link #drop} from any thread that its room is wanted; else it is
 * confined to one.
 */
final class NearWriter {
    private final NearTier tier;
    private final NearFile of;
    private final Path unfinished;
    private final Path finished;
    private final int[] spans;
    private final CRC32C whole = new CRC32C();

    @GuardedBy("this")
    private final FileChannel file;

    @GuardedBy("this")
    private long writtenBytes;

    @GuardedBy("this")
    private boolean ended;

    private NearWriter(NearTier tier, NearFile of, Path finished, FileChannel file) {
        this.tier = tier;
        this.of = of;
        this.finished = finished;
        this.unfinished = unfinished(finished);
        this.spans = new int[NearFile.spans(of.block().lengthBytes())];
        this.file = file;
    }

    /** Takes the promise of {@link NearFile#fileBytes} where it does not throw. */
    static NearWriter begin(NearTier tier, NearFile of) throws IOException {
        Path finished = Files.createDirectories(tier.shard(of.block().id())).resolve(of.name());
        FileChannel file = FileChannel.open(
                unfinished(finished),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        return new NearWriter(tier, of, finished, file);
    }

    private static Path unfinished(Path finished) {
        return finished.resolveSibling(finished.getFileName() + NearFile.UNFINISHED);
    }

    NearFile of() {
        return of;
    }

    /** The checksums of what was written so far; the others come where they belong. */
    int[] spans() {
        return spans;
    }

    /** Where it is written. */
    Path unfinished() {
        return unfinished;
    }

    /** Where it lies in the end. */
    Path finished() {
        return finished;
    }

    /**
     * Takes the next bytes.
     *
     * @param bytes whole spans, the last of which may be short only at the end of the block; left as they are
     * @return false where its room was wanted for something else
     */
    synchronized boolean write(ByteBuf bytes) throws IOException {
        if (ended) {
            return false;
        }
        sum(bytes);
        ByteBuffer left = bytes.nioBuffer();
        put(left, writtenBytes);
        tier.used(bytes.readableBytes());
        writtenBytes += bytes.readableBytes();
        return true;
    }

    /**
     * Ends the file.
     *
     * @return false where its room was wanted, or its bytes are not those of the block: then it is gone
     */
    synchronized boolean finish() throws IOException {
        boolean isIt =
                NearPage.is(of.block()) || (int) whole.getValue() == of.block().crc32c();
        if (ended || !isIt || writtenBytes != of.block().lengthBytes()) {
            return false;
        }
        ByteBuffer trailer = of.trailer(spans);
        int trailerBytes = trailer.remaining();
        put(trailer, writtenBytes);
        tier.used(trailerBytes);
        writtenBytes += trailerBytes;
        Files.move(unfinished, finished, StandardCopyOption.ATOMIC_MOVE);
        ended = true;
        file.close();
        return true;
    }

    /** Removes what is not finished. Idempotent. */
    synchronized void drop() {
        if (ended) {
            return;
        }
        ended = true;
        NearFile.delete(unfinished);
        tier.gone(writtenBytes);
        tier.release(NearFile.fileBytes(of.block().lengthBytes()) - writtenBytes);
        try {
            file.close();
        } catch (IOException e) {
            // Nothing of it is wanted.
        }
    }

    @GuardedBy("this")
    private void put(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }

    @GuardedBy("this")
    private void sum(ByteBuf bytes) {
        int length = bytes.readableBytes();
        int index = (int) (writtenBytes / LentBlock.SPAN_BYTES);
        CRC32C crc = new CRC32C();
        for (int from = 0; from < length; from += LentBlock.SPAN_BYTES, index++) {
            int part = Math.min(LentBlock.SPAN_BYTES, length - from);
            crc.reset();
            crc.update(bytes.nioBuffer(bytes.readerIndex() + from, part));
            spans[index] = (int) crc.getValue();
            // Right after, so that the bytes are still in the processor's cache.
            whole.update(bytes.nioBuffer(bytes.readerIndex() + from, part));
        }
    }
}
