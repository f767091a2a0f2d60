package io.swarmgrid.storage.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/*
 * A file, big-endian: magic and version (ints), then records: a mark, the length of the body and its CRC32C (ints), and the
 * body: inode, stamp, time (longs), whether there is a value (byte), the value. What does not fit its checksum is passed over
 * up to the next mark that is followed by a whole record: neither a torn end nor a flipped bit costs more than its record.
 */
/** The form of the journal's files. */
final class RecordFile {
    static final int HEAD_BYTES = 2 * Integer.BYTES;

    private static final int MAGIC = 0x53574e4a;
    private static final int VERSION = 1;
    private static final int MARK = 0x9e3779b9;
    private static final int FRAME_BYTES = 3 * Integer.BYTES;
    private static final int FIXED_BODY_BYTES = 3 * Long.BYTES + 1;
    private static final int MAX_BODY_BYTES = 64 << 20;
    private static final int WINDOW_BYTES = 256 << 10;

    private RecordFile() {}

    static ByteBuffer head() {
        return ByteBuffer.allocate(HEAD_BYTES).putInt(MAGIC).putInt(VERSION).flip();
    }

    static ByteBuffer encode(NameRecord record) {
        byte[] value = record.value();
        int body = FIXED_BODY_BYTES + (value == null ? 0 : value.length);
        if (body > MAX_BODY_BYTES) {
            throw new IllegalArgumentException("record is too long: inode=" + record.id() + ", bytes=" + body);
        }
        ByteBuffer bytes = ByteBuffer.allocate(FRAME_BYTES + body);
        bytes.putInt(MARK).putInt(body).position(FRAME_BYTES);
        bytes.putLong(record.id()).putLong(record.stamp()).putLong(record.writtenMs());
        bytes.put((byte) (value == null ? 0 : 1));
        if (value != null) {
            bytes.put(value);
        }
        return bytes.putInt(2 * Integer.BYTES, crc(bytes.slice(FRAME_BYTES, body)))
                .flip();
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Reads one file from a place on. Confined to one thread. */
    static final class Reader implements AutoCloseable {
        private final FileChannel channel;
        private final long size;
        private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
        private long windowAt;
        private long at;
        private int damaged;

        /**
         * @param from 0, or a {@link #position} of an earlier reader
         * @throws IOException also where a newer version wrote the file
         */
        Reader(Path file, long from) throws IOException {
            this.channel = FileChannel.open(file, StandardOpenOption.READ);
            boolean opened = false;
            try {
                this.size = channel.size();
                this.at = Math.max(from, HEAD_BYTES);
                requireKnown(file);
                opened = true;
            } finally {
                if (!opened) {
                    channel.close();
                }
            }
        }

        private void requireKnown(Path file) throws IOException {
            if (size < HEAD_BYTES) {
                return; // torn at its very beginning: nothing was acknowledged
            }
            ByteBuffer head = view(0, HEAD_BYTES);
            if (head.getInt(0) == MAGIC && head.getInt(Integer.BYTES) > VERSION) {
                throw new IOException("a newer version wrote " + file + ": format=" + head.getInt(Integer.BYTES)
                        + ", known=" + VERSION);
            }
        }

        /** The next whole record; null at the end. */
        @Nullable
        NameRecord next() throws IOException {
            boolean inGap = false;
            while (at + FRAME_BYTES + FIXED_BODY_BYTES <= size) {
                NameRecord record = tryRead();
                if (record != null) {
                    return record;
                }
                damaged += inGap ? 0 : 1;
                inGap = true;
                at++;
            }
            if (at < size && !inGap) {
                damaged++;
                at = size;
            }
            return null;
        }

        private @Nullable NameRecord tryRead() throws IOException {
            ByteBuffer frame = view(at, FRAME_BYTES);
            int start = frame.position();
            int body = frame.getInt(start + Integer.BYTES);
            int expected = frame.getInt(start + 2 * Integer.BYTES);
            if (frame.getInt(start) != MARK
                    || body < FIXED_BODY_BYTES
                    || body > MAX_BODY_BYTES
                    || body > size - at - FRAME_BYTES) {
                return null;
            }
            ByteBuffer bytes = view(at + FRAME_BYTES, body);
            if (crc(bytes.slice(bytes.position(), body)) != expected) {
                return null;
            }
            at += FRAME_BYTES + (long) body;
            long id = bytes.getLong();
            long stamp = bytes.getLong();
            long writtenMs = bytes.getLong();
            if (bytes.get() == 0) {
                return new NameRecord(id, stamp, writtenMs, null);
            }
            byte[] value = new byte[body - FIXED_BODY_BYTES];
            bytes.get(value);
            return new NameRecord(id, stamp, writtenMs, value);
        }

        /** Where the next record begins. */
        long position() {
            return at;
        }

        /** Stretches that were passed over. */
        int damaged() {
            return damaged;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        /** The window, filled and positioned so that it has these bytes. */
        private ByteBuffer view(long from, int length) throws IOException {
            if (from < windowAt || from + length > windowAt + window.limit()) {
                if (window.capacity() < length) {
                    window = ByteBuffer.allocate(length);
                }
                window.clear();
                windowAt = from;
                while (window.hasRemaining() && channel.read(window, windowAt + window.position()) > 0) {
                    // until it is full or the file ends
                }
                window.flip();
                if (window.limit() < length) {
                    throw new EOFException("file became shorter while it was read, at " + from);
                }
            }
            return window.position((int) (from - windowAt));
        }
    }
}
