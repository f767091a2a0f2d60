package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * What lies beside a sealed block, and beside an open one as far as that was flushed. Its file, big-endian: magic (int), version (short), durability (byte), 1 where the
 * block was still open (byte),
 * length of the head (int), block id, epoch, length (longs), CRC32C of the whole (int), span (int), inode, offset in the
 * file (longs), path (UTF-8, to the end of the head), CRC32C of the head (int); then the CRC32C of each span (ints), and
 * the CRC32C of those (int). The head alone is enough to know the block; the rest is read when the block is.
 */
record Sidecar(
        BlockId id, long epoch, long lengthBytes, int crc32c, Durability durability, WayHome home, boolean open) {
    static final String SUFFIX = ".meta";

    private static final int MAGIC = 0x5357424b;
    private static final short VERSION = 1;
    private static final int FIXED_HEAD_BYTES = 60;
    private static final int MAX_HEAD_BYTES = 64 << 10;

    /** A sidecar that cannot be what was written. */
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }

    /** Of a sealed block. */
    static Sidecar of(StoredBlock block) {
        return new Sidecar(
                block.id(),
                block.epoch(),
                block.lengthBytes(),
                block.crc32c(),
                block.durability(),
                block.home(),
                false);
    }

    /** The block, with the file that it is in. */
    StoredBlock stored(Path file) {
        return new StoredBlock(id, epoch, lengthBytes, crc32c, true, home, durability, file);
    }

    /** How many bytes the sidecar of a block of that length takes. */
    static long fileBytes(long blockBytes, WayHome home) {
        return FIXED_HEAD_BYTES
                + home.path().getBytes(StandardCharsets.UTF_8).length
                + Integer.BYTES * (SpanChecksums.count(blockBytes) + 2L);
    }

    ByteBuffer encode(int[] spans) {
        byte[] path = home.path().getBytes(StandardCharsets.UTF_8);
        int headBytes = FIXED_HEAD_BYTES + path.length;
        if (headBytes > MAX_HEAD_BYTES) {
            throw GridException.invalid("path of a block is too long: bytes=" + path.length);
        }
        ByteBuffer file = ByteBuffer.allocate(headBytes + Integer.BYTES * (spans.length + 2));
        file.putInt(MAGIC)
                .putShort(VERSION)
                .put(code(durability))
                .put((byte) (open ? 1 : 0))
                .putInt(headBytes);
        file.putLong(id.value()).putLong(epoch).putLong(lengthBytes).putInt(crc32c);
        file.putInt(SpanChecksums.SPAN_BYTES).putLong(home.inodeId()).putLong(home.offset());
        file.put(path);
        file.putInt(crc(file, 0, headBytes));
        int table = file.position();
        for (int span : spans) {
            file.putInt(span);
        }
        file.putInt(crc(file, table, spans.length * Integer.BYTES));
        return file.flip();
    }

    /**
     * Puts an encoded sidecar beside its block, whole or not at all.
     *
     * @param force whether it and its directory entry, and so the block's, are on the device when this returns
     */
    static void write(ByteBuffer meta, Path block, boolean force) throws IOException {
        Path temporary = block.resolveSibling(block.getFileName() + LocalBlockWriter.TEMPORARY);
        try {
            write(meta, force, temporary);
            Files.move(temporary, Tier.sidecar(block), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Disk.deleteQuietly(temporary);
            throw e;
        }
        if (force) {
            Disk.forceDirectory(block.resolveSibling(""));
        }
    }

    private static void write(ByteBuffer meta, boolean force, Path to) throws IOException {
        try (FileChannel file = FileChannel.open(
                to, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            Disk.writeFully(file, meta, 0);
            if (force) {
                file.force(true);
            }
        }
    }

    /**
     * Reads the head.
     *
     * @throws DamagedException where it is cut short, or its checksum does not fit
     * @throws GridException PRECONDITION_FAILED where a newer version wrote it
     */
    static Sidecar readHead(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return decode(head(channel, file));
        }
    }

    /** Reads the checksums of the spans; errors as {@link #readHead}. */
    static int[] readSpans(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = head(channel, file);
            Sidecar sidecar = decode(head);
            int count = SpanChecksums.count(sidecar.lengthBytes);
            ByteBuffer table = ByteBuffer.allocate((count + 1) * Integer.BYTES);
            if (!Disk.readFully(channel, table, head.capacity())) {
                throw new DamagedException("sidecar is cut short: " + file);
            }
            int expected = table.getInt(count * Integer.BYTES);
            if (crc(table, 0, count * Integer.BYTES) != expected) {
                throw new DamagedException("checksums of a sidecar are damaged: " + file);
            }
            int[] spans = new int[count];
            table.flip().asIntBuffer().get(spans);
            return spans;
        }
    }

    /** The head with the checksum behind it, checked. */
    private static ByteBuffer head(FileChannel channel, Path file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(FIXED_HEAD_BYTES);
        if (!Disk.readFully(channel, start, 0) || start.getInt(0) != MAGIC) {
            throw new DamagedException("not a sidecar: " + file);
        }
        if (start.getShort(4) > VERSION) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "a newer version wrote " + file + ": format=" + start.getShort(4) + ", known=" + VERSION,
                    null,
                    "run the version that wrote it, or a later one",
                    null);
        }
        int headBytes = start.getInt(8);
        if (start.getShort(4) != VERSION || headBytes < FIXED_HEAD_BYTES || headBytes > MAX_HEAD_BYTES) {
            throw new DamagedException("head of a sidecar is damaged: " + file);
        }
        ByteBuffer head = ByteBuffer.allocate(headBytes + Integer.BYTES);
        if (!Disk.readFully(channel, head, 0) || crc(head, 0, headBytes) != head.getInt(headBytes)) {
            throw new DamagedException("head of a sidecar is damaged: " + file);
        }
        return head;
    }

    private static Sidecar decode(ByteBuffer head) throws DamagedException {
        int headBytes = head.capacity() - Integer.BYTES;
        String path = StandardCharsets.UTF_8
                .decode(head.slice(FIXED_HEAD_BYTES, headBytes - FIXED_HEAD_BYTES))
                .toString();
        head.position(12);
        BlockId id = new BlockId(head.getLong());
        long epoch = head.getLong();
        long lengthBytes = head.getLong();
        int crc32c = head.getInt();
        if (head.getInt() != SpanChecksums.SPAN_BYTES) {
            throw new DamagedException("sidecar of block " + id + " has spans of an unknown size");
        }
        WayHome home = new WayHome(head.getLong(), path, head.getLong());
        return new Sidecar(id, epoch, lengthBytes, crc32c, durability(head.get(6)), home, head.get(7) == 1);
    }

    private static int crc(ByteBuffer bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(from, length));
        return (int) crc.getValue();
    }

    private static byte code(Durability durability) {
        return switch (durability) {
            case MEMORY -> 1;
            case PROCESS -> 2;
            case POWER -> 3;
        };
    }

    private static Durability durability(byte code) throws DamagedException {
        return switch (code) {
            case 1 -> Durability.MEMORY;
            case 2 -> Durability.PROCESS;
            case 3 -> Durability.POWER;
            default -> throw new DamagedException("sidecar has an unknown durability: " + code);
        };
    }
}
