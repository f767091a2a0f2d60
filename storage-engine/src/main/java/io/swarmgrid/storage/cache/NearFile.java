package io.swarmgrid.storage.cache;

import io.swarmgrid.client.bytes.LentBlock;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The bytes of the block, then: the checksum of each span, id, epoch, length and checksum of the block, the checksum of all that follows
 * the bytes up to here, and the magic number. One file, so that what is there is the whole copy or none; nothing of it is ever forced.
 */
/**
 * One near file.
 *
 * @param number no two files of a shelf have the same, so that whoever removes one never removes its successor
 * @param keptFor the file of the grid whose block it is, where it is kept because somebody asked for it; 0 where it is not
 */
record NearFile(SealedBlock block, long number, long keptFor) {
    private static final Logger LOG = LoggerFactory.getLogger(NearFile.class);
    static final String UNFINISHED = ".part";
    private static final int MAGIC = 0x53574e31;
    private static final int END_BYTES = 3 * Long.BYTES + 3 * Integer.BYTES;
    private static final Pattern NAME = Pattern.compile(
            "([0-9a-f]{16})\\.(\\d{1,19})\\.(\\d{1,19})\\.([0-9a-f]{8})\\.(\\d{1,18})" + "(?:\\.k([0-9a-f]{1,16}))?");

    /** What a finished file is by its name; null where it is none of ours. */
    static @Nullable NearFile parse(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return null;
        }
        try {
            SealedBlock block = new SealedBlock(
                    BlockId.parse(parts.group(1)),
                    Long.parseLong(parts.group(2)),
                    Long.parseLong(parts.group(3)),
                    Integer.parseUnsignedInt(parts.group(4), 16));
            String keptFor = parts.group(6);
            return new NearFile(
                    block, Long.parseLong(parts.group(5)), keptFor == null ? 0 : Long.parseUnsignedLong(keptFor, 16));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    String name() {
        return block.id() + "." + block.epoch() + "." + block.lengthBytes() + "."
                + String.format("%08x", block.crc32c()) + "." + number
                + (isKept() ? ".k" + Long.toHexString(keptFor) : "");
    }

    boolean isKept() {
        return keptFor != 0;
    }

    static int spans(long lengthBytes) {
        return Math.toIntExact((lengthBytes + LentBlock.SPAN_BYTES - 1) / LentBlock.SPAN_BYTES);
    }

    /** Of the whole file. */
    static long fileBytes(long lengthBytes) {
        return lengthBytes + trailerBytes(lengthBytes);
    }

    /** What follows the bytes of the block. */
    ByteBuffer trailer(int[] spans) {
        ByteBuffer trailer = ByteBuffer.allocate(trailerBytes(block.lengthBytes()));
        for (int span : spans) {
            trailer.putInt(span);
        }
        trailer.putLong(block.id().value())
                .putLong(block.epoch())
                .putLong(block.lengthBytes())
                .putInt(block.crc32c());
        return trailer.putInt(sum(trailer)).putInt(MAGIC).flip();
    }

    /**
     * The checksums of the spans of a file of this block.
     *
     * @return null where the file is not whole, or another's
     * @throws IOException where it is gone, or cannot be read
     */
    int @Nullable [] readSpans(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != fileBytes(block.lengthBytes())) {
                return null;
            }
            ByteBuffer trailer = ByteBuffer.allocate(trailerBytes(block.lengthBytes()));
            while (trailer.hasRemaining()) {
                if (channel.read(trailer, block.lengthBytes() + trailer.position()) < 0) {
                    return null;
                }
            }
            int[] spans = new int[spans(block.lengthBytes())];
            trailer.rewind().asIntBuffer().get(spans);
            return trailer.equals(trailer(spans)) ? spans : null;
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("near file cannot be removed, the next start does it: file={} error={}", file, e.toString());
        }
    }

    private static int trailerBytes(long lengthBytes) {
        return spans(lengthBytes) * Integer.BYTES + END_BYTES;
    }

    private static int sum(ByteBuffer upToHere) {
        CRC32C crc = new CRC32C();
        crc.update(upToHere.duplicate().flip());
        return (int) crc.getValue();
    }
}
