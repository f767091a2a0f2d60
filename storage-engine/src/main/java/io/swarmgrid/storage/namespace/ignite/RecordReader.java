package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@link RecordWriter} wrote. Confined to one thread. */
final class RecordReader {
    private final byte[] bytes;
    private int at;

    /** @throws GridException CORRUPT_DATA where the record is of a format that this version does not know */
    RecordReader(byte[] bytes) {
        this.bytes = bytes;
        int format = octet();
        if (format != RecordWriter.FORMAT) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "cannot read a metadata record of format " + format + ": this version knows format "
                            + RecordWriter.FORMAT);
        }
    }

    int octet() {
        if (at >= bytes.length) {
            throw cutShort();
        }
        return bytes[at++] & 0xFF;
    }

    /** Whether anything is left: what a record did not have at first comes last. */
    boolean hasMore() {
        return at < bytes.length;
    }

    boolean flag() {
        return octet() != 0;
    }

    long count() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int octet = octet();
            value |= (long) (octet & 0x7F) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
        throw cutShort();
    }

    int size() {
        long value = count();
        if (value < 0 || value > bytes.length - at) {
            throw cutShort();
        }
        return (int) value;
    }

    long fixed() {
        if (bytes.length - at < Long.BYTES) {
            throw cutShort();
        }
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (bytes[at++] & 0xFF);
        }
        return value;
    }

    byte[] octets() {
        int length = size();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    String text() {
        int length = size();
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    @Nullable
    String optionalText() {
        return flag() ? text() : null;
    }

    byte @Nullable [] optionalOctets() {
        return flag() ? octets() : null;
    }

    Map<String, String> texts() {
        int size = size();
        if (size == 0) {
            return Map.of();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            values.put(text(), text());
        }
        return values;
    }

    private GridException cutShort() {
        return new GridException(
                ErrorCode.CORRUPT_DATA, "a metadata record is cut short: " + bytes.length + " bytes, read at " + at);
    }
}
