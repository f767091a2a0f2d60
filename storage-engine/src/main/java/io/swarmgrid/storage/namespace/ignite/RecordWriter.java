package io.swarmgrid.storage.namespace.ignite;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the compact form of the records in the caches: a format octet, then fields in order. Confined to one thread. */
final class RecordWriter {
    /** The format of everything written now; readers know it and all before it. */
    static final int FORMAT = 1;

    private byte[] bytes;
    private int size;

    RecordWriter(int expectedBytes) {
        bytes = new byte[expectedBytes];
        octet(FORMAT);
    }

    RecordWriter octet(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    RecordWriter flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    /** A number that is usually small and never negative: seven bits an octet. */
    RecordWriter count(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            octet((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        return octet((int) rest);
    }

    /** Eight octets. */
    RecordWriter fixed(long value) {
        room(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    RecordWriter octets(byte[] value) {
        count(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    RecordWriter text(String value) {
        return octets(value.getBytes(StandardCharsets.UTF_8));
    }

    RecordWriter optionalText(@Nullable String value) {
        flag(value != null);
        return value == null ? this : text(value);
    }

    RecordWriter optionalOctets(byte @Nullable [] value) {
        flag(value != null);
        return value == null ? this : octets(value);
    }

    RecordWriter texts(Map<String, String> values) {
        count(values.size());
        values.forEach((key, value) -> text(key).text(value));
        return this;
    }

    byte[] done() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }
}
