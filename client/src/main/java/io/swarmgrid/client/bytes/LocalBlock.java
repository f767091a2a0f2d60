package io.swarmgrid.client.bytes;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.AbstractReferenceCounted;
import io.swarmgrid.client.bytes.CheckedSpans.Marks;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A block file of a node on this machine, opened for reading: its bytes reach the reader without the node. Every span that is
 * touched is checked against the checksum that the node gave, unless that was done a moment ago. Thread-safe, and counted:
 * whoever uses it retains it; the file is closed with the last release.
 */
public final class LocalBlock extends AbstractReferenceCounted {
    private static final int SPAN_BYTES = LentBlock.SPAN_BYTES;
    private static final Logger LOG = LoggerFactory.getLogger(LocalBlock.class);

    private final LentBlock lent;
    private final String lender;
    private final FileChannel channel;
    private final ByteBuffer checksums;
    private final CheckedSpans all;
    private final CheckedSpans.@Nullable Key key;
    private volatile Marks checked;

    private LocalBlock(
            LentBlock lent,
            String lender,
            FileChannel channel,
            byte[] checksums,
            CheckedSpans all,
            CheckedSpans.@Nullable Key key) {
        this.all = all;
        this.key = key;
        this.lent = lent;
        this.lender = lender;
        this.channel = channel;
        this.checksums = ByteBuffer.wrap(checksums);
        this.checked = all.of(key, checksums.length / Integer.BYTES);
    }

    /**
     * Empty where the file is not this machine's, or this process may not read it. The caller owns one reference.
     *
     * @param lender location of the node that lent it
     * @param all what readers of this process have checked
     */
    static Optional<LocalBlock> open(LentBlock lent, String lender, @Nullable String machine, CheckedSpans all) {
        String name = lent.file();
        String key = lent.fileKey();
        byte[] checksums = lent.checksums();
        if (name == null || key == null || !isHere(machine) || !isWhole(lent, checksums)) {
            return Optional.empty();
        }
        try {
            Path file = Path.of(name);
            CheckedSpans.Key spans = CheckedSpans.Key.of(file, checksums);
            return MachineId.open(file, key, StandardOpenOption.READ)
                    .map(channel -> new LocalBlock(lent, lender, channel, checksums, all, spans));
        } catch (IOException | InvalidPathException e) {
            LOG.debug("cannot read in place, asks the node instead: file={} error={}", name, e.toString());
        }
        return Optional.empty();
    }

    private static boolean isHere(@Nullable String machine) {
        return machine != null && MachineId.own().equals(Optional.of(machine));
    }

    private static boolean isWhole(LentBlock lent, byte[] checksums) {
        long spans = (lent.lengthBytes() + SPAN_BYTES - 1) / SPAN_BYTES;
        return lent.endOffset() - lent.offset() <= lent.lengthBytes() && checksums.length == spans * Integer.BYTES;
    }

    /** Location of the node whose file it is. */
    public String lender() {
        return lender;
    }

    /** Place in the file of its first byte. */
    public long offset() {
        return lent.offset();
    }

    /** Place in the file behind its last byte that the file uses. */
    public long endOffset() {
        return lent.endOffset();
    }

    /**
     * Reads exactly {@code length} bytes.
     *
     * @param position in the file; all of the range must lie in the block
     * @return direct and pooled; the caller releases it
     * @throws IOException where the file cannot be read, is cut short, or does not fit its checksums; what it holds is then to be
     *     asked of the nodes
     */
    public ByteBuf read(long position, int length) throws IOException {
        if (position < offset() || length < 0 || length > endOffset() - position) {
            throw new IllegalArgumentException("not in the block: position=" + position + ", length=" + length);
        }
        if (length == 0) {
            return Unpooled.EMPTY_BUFFER;
        }
        long start = position - offset();
        Marks known = known();
        // A span that was found good is read no further than is asked for; any other one as a whole.
        boolean isGoodFirst = known.isGood((int) (start / SPAN_BYTES));
        boolean isGoodLast = known.isGood((int) ((start + length - 1) / SPAN_BYTES));
        long from = isGoodFirst ? start : start / SPAN_BYTES * SPAN_BYTES;
        long to = isGoodLast ? start + length : Math.min(lent.lengthBytes(), roundUp(start + length));
        ByteBuf bytes = filled(from, to);
        boolean good = false;
        try {
            check(bytes, from, to, known);
            good = true;
        } finally {
            if (!good) {
                bytes.release();
            }
        }
        return bytes.setIndex((int) (start - from), (int) (start - from) + length);
    }

    private Marks known() {
        Marks known = checked;
        if (known.isOld()) {
            known = all.of(key, known.spans());
            checked = known;
        }
        return known;
    }

    /** The next place that ends a span, at or behind the given one; places count from the beginning of the block. */
    static long roundUp(long place) {
        return (place + SPAN_BYTES - 1) / SPAN_BYTES * SPAN_BYTES;
    }

    private ByteBuf filled(long from, long to) throws IOException {
        int length = Math.toIntExact(to - from);
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(length);
        boolean full = false;
        try {
            ByteBuffer target = bytes.internalNioBuffer(0, length);
            for (long at = from; at < to; ) {
                int count = channel.read(target, at);
                if (count < 0) {
                    throw new EOFException("cut short at " + at + " of " + lent.lengthBytes() + ": " + lent.file());
                }
                at += count;
            }
            full = true;
            return bytes.writerIndex(length);
        } finally {
            if (!full) {
                bytes.release();
            }
        }
    }

    /** Those spans of a range that were not found good before: what does not lie in it as a whole was, or it would have been read so. */
    private void check(ByteBuf bytes, long from, long to, Marks known) throws IOException {
        CRC32C crc = new CRC32C();
        for (long at = from / SPAN_BYTES * SPAN_BYTES; at < to; at += SPAN_BYTES) {
            int span = (int) (at / SPAN_BYTES);
            long end = Math.min(at + SPAN_BYTES, lent.lengthBytes());
            if (at < from || end > to || known.isGood(span)) {
                continue;
            }
            crc.reset();
            crc.update(bytes.internalNioBuffer((int) (at - from), (int) (end - at)));
            if ((int) crc.getValue() != checksums.getInt(span * Integer.BYTES)) {
                throw new IOException("checksum does not fit at " + at + ": " + lent.file());
            }
            known.markGood(span);
        }
    }

    @Override
    public LocalBlock touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("cannot close a block file: error={}", e.toString());
        }
    }
}
