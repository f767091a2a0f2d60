package io.swarmgrid.mount.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The answer to one request, made in a buffer of its worker. */
final class Reply {
    private static final int HEADER_BYTES = 16;
    private static final int SECTOR_BYTES = 512;
    /** What programs take for the size of a good buffer. */
    private static final int GOOD_BUFFER_BYTES = 128 << 10;

    private static final int ENTRY_BYTES = 128;
    private static final int DIRECTORY_ENTRY_BYTES = 24;

    private final ByteBuffer bytes;
    private final long cacheMs;

    /** @param cacheMs how long the kernel may believe names and attributes */
    Reply(ByteBuffer bytes, long cacheMs) {
        this.bytes = bytes.order(ByteOrder.nativeOrder());
        this.cacheMs = cacheMs;
    }

    Reply begin() {
        bytes.clear().position(HEADER_BYTES);
        return this;
    }

    Reply u16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    Reply u32(int value) {
        bytes.putInt(value);
        return this;
    }

    Reply u64(long value) {
        bytes.putLong(value);
        return this;
    }

    Reply zeros(int count) {
        for (int i = 0; i < count; i++) {
            bytes.put((byte) 0);
        }
        return this;
    }

    /** Room for so many bytes of payload; whoever fills it calls {@link #filled}. */
    ByteBuffer room(int length) {
        return bytes.slice(bytes.position(), Math.min(length, bytes.remaining()));
    }

    void filled(int length) {
        bytes.position(bytes.position() + length);
    }

    /** {@code fuse_entry_out}. */
    Reply entry(Entry entry) {
        u64(entry.node()).u64(0);
        u64(cacheMs / 1000).u64(cacheMs / 1000);
        u32(nanos(cacheMs)).u32(nanos(cacheMs));
        attributes(entry.attributes());
        return this;
    }

    /** {@code fuse_attr_out}. */
    Reply attributesOnly(Attributes attributes) {
        u64(cacheMs / 1000).u32(nanos(cacheMs)).u32(0);
        attributes(attributes);
        return this;
    }

    private static int nanos(long ms) {
        return (int) (ms % 1000) * 1_000_000;
    }

    private void attributes(Attributes of) {
        long seconds = Math.floorDiv(of.modifiedMs(), 1000L);
        int nanos = Math.floorMod(of.modifiedMs(), 1000) * 1_000_000;
        u64(of.inode()).u64(of.sizeBytes()).u64((of.sizeBytes() + SECTOR_BYTES - 1) / SECTOR_BYTES);
        u64(seconds).u64(seconds).u64(seconds);
        u32(nanos).u32(nanos).u32(nanos);
        u32(of.mode()).u32(1).u32(of.uid()).u32(of.gid()).u32(0);
        u32(GOOD_BUFFER_BYTES).u32(0);
    }

    /** {@code fuse_open_out}. */
    Reply opened(Opened opened) {
        int flags =
                (opened.keepCache() ? Protocol.OPEN_KEEP_CACHE : 0) | (opened.flushes() ? 0 : Protocol.OPEN_NO_FLUSH);
        return u64(opened.handle()).u32(flags).u32(0);
    }

    /**
     * {@code fuse_dirent}, or {@code fuse_direntplus} where look-ups are wanted along.
     *
     * @param limit where the answer has to end
     */
    boolean directoryEntry(
            String name, Attributes attributes, long next, DirectorySink.@Nullable Looked looked, int limit) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        int head = (looked == null ? 0 : ENTRY_BYTES) + DIRECTORY_ENTRY_BYTES;
        int length = (head + text.length + 7) & ~7;
        if (bytes.position() - HEADER_BYTES + length > limit) {
            return false;
        }
        if (looked != null) {
            entry(new Entry(looked.node(), attributes));
        }
        u64(attributes.inode()).u64(next).u32(text.length);
        u32((attributes.mode() & Attributes.KIND) >> 12);
        bytes.put(text);
        zeros(length - head - text.length);
        return true;
    }

    /** The whole answer, to be sent. */
    ByteBuffer done(long unique) {
        bytes.flip();
        return header(unique, 0);
    }

    ByteBuffer refused(long unique, Errno errno) {
        bytes.clear().limit(HEADER_BYTES);
        return header(unique, -errno.number());
    }

    private ByteBuffer header(long unique, int error) {
        bytes.putInt(0, bytes.limit());
        bytes.putInt(4, error);
        bytes.putLong(8, unique);
        return bytes;
    }
}
