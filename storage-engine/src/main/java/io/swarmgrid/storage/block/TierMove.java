package io.swarmgrid.storage.block;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/*
 * What an end in between leaves, and who mends it at the next start:
 *  - a file in the lower tier without its sidecar: there is a whole copy of the block, so it goes (Strays.found);
 *  - the copy in both tiers: the one in the better tier stays (LocalBlockStore.found), and is moved again when its turn comes;
 *  - a file in the upper tier whose sidecar has gone: as the first.
 */
/** Makes a copy of a sealed block in another tier. Its bytes are checked on the way. */
final class TierMove {
    private TierMove() {}

    /**
     * Both files are there, and as safe as the block is to be, when this returns; the room was promised before.
     *
     * @return the same copy as it lies there
     * @throws Sidecar.DamagedException where the bytes are not what they were; nothing of the copy stays then
     */
    static Slot.Sealed copy(Slot.Sealed slot, Tier target, int[] spans, ChunkBuffers buffers) throws IOException {
        StoredBlock from = slot.block();
        Path file = target.vacant(from.id(), from.epoch());
        StoredBlock to = from.at(file);
        boolean force = from.durability() == Durability.POWER;
        boolean made = false;
        try {
            copyBytes(from, file, spans, buffers, force);
            Sidecar.write(Sidecar.of(to).encode(spans), file, force);
            made = true;
            return new Slot.Sealed(to, target, slot.diskBytes(), slot.copy());
        } finally {
            if (!made) {
                BlockFiles.delete(file);
            }
        }
    }

    private static void copyBytes(StoredBlock from, Path to, int[] spans, ChunkBuffers buffers, boolean force)
            throws IOException {
        ByteBuf buffer = buffers.take(SpanChecksums.SPAN_BYTES);
        try (FileChannel in = FileChannel.open(from.path(), StandardOpenOption.READ);
                FileChannel out = FileChannel.open(
                        to,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (int index = 0; index < spans.length; index++) {
                long at = (long) index * SpanChecksums.SPAN_BYTES;
                int length = (int) Math.min(SpanChecksums.SPAN_BYTES, from.lengthBytes() - at);
                boolean whole = Disk.readFully(in, buffer.nioBuffer(0, length), at);
                buffer.setIndex(0, length);
                if (!whole || SpanChecksums.firstBad(buffer, spans, index) >= 0) {
                    throw new Sidecar.DamagedException("block is damaged: file=" + from.path() + ", offset=" + at);
                }
                Disk.writeFully(out, buffer.nioBuffer(0, length), at);
            }
            if (force) {
                out.force(true);
            }
        } finally {
            buffer.release();
        }
    }
}
