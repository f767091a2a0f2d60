package io.swarmgrid.node.demo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * A hash of a table that does not depend on the order of its rows, nor on how they are cut into batches. Not
 * thread-safe; hashes of parts are added up with {@link Value#plus}.
 */
/*
 * A row's hash runs through its columns from left to right: h = mix(h ^ value), begun with a hash of the column names;
 * a value is its little-endian bytes as one number where they are at most eight, and otherwise its bytes folded eight
 * at a time; null is a constant. mix is the finalizer of MurmurHash3 (Appleby), a bijection of 64 bits. The table's
 * hash is two sums over all rows modulo 2^64, of mix(h) and of mix(h ^ C), beside the number of rows: a sum forgets the
 * order but, unlike exclusive or, not how often a row occurs; two of them leave a chance of 2^-128 for a mistake that
 * nobody made on purpose. It is a check of transport, no defence against an adversary.
 */
final class ContentHash {
    private static final long NULL_VALUE = 0x9E3779B97F4A7C15L;
    private static final long SECOND_SUM = 0xD6E8FEB86659FD93L;

    /** What can be compared. */
    record Value(long rows, long first, long second) {
        static final Value EMPTY = new Value(0, 0, 0);

        Value plus(Value other) {
            return new Value(rows + other.rows, first + other.first, second + other.second);
        }

        @Override
        public String toString() {
            return String.format("%016x%016x", first, second);
        }
    }

    private long rows;
    private long first;
    private long second;

    void add(VectorSchemaRoot batch) {
        int count = batch.getRowCount();
        long[] hashes = new long[count];
        List<FieldVector> columns = batch.getFieldVectors();
        long seed = 0;
        for (FieldVector column : columns) {
            seed = mix(seed ^ bytes(column.getName().getBytes(StandardCharsets.UTF_8)));
        }
        java.util.Arrays.fill(hashes, seed);
        for (FieldVector column : columns) {
            fold(column, hashes);
        }
        for (long hash : hashes) {
            first += mix(hash);
            second += mix(hash ^ SECOND_SUM);
        }
        rows += count;
    }

    Value value() {
        return new Value(rows, first, second);
    }

    private static void fold(FieldVector column, long[] hashes) {
        if (column instanceof BitVector bits) {
            for (int i = 0; i < hashes.length; i++) {
                hashes[i] = mix(hashes[i] ^ (bits.isNull(i) ? NULL_VALUE : bits.get(i)));
            }
        } else if (column instanceof BaseFixedWidthVector fixed && fixed.getTypeWidth() <= 8) {
            foldNumbers(fixed, hashes);
        } else if (column instanceof BaseVariableWidthVector variable) {
            ArrowBuf data = variable.getDataBuffer();
            for (int i = 0; i < hashes.length; i++) {
                long value = variable.isNull(i)
                        ? NULL_VALUE
                        : bytes(data, variable.getStartOffset(i), variable.getEndOffset(i));
                hashes[i] = mix(hashes[i] ^ value);
            }
        } else {
            foldOthers(column, hashes);
        }
    }

    private static void foldNumbers(BaseFixedWidthVector column, long[] hashes) {
        ArrowBuf data = column.getDataBuffer();
        int width = column.getTypeWidth();
        for (int i = 0; i < hashes.length; i++) {
            long value;
            if (column.isNull(i)) {
                value = NULL_VALUE;
            } else {
                value = switch (width) {
                    case 8 -> data.getLong(i * 8L);
                    case 4 -> data.getInt(i * 4L);
                    case 2 -> data.getShort(i * 2L);
                    case 1 -> data.getByte(i);
                    default -> bytes(data, (long) i * width, (long) (i + 1) * width);
                };
            }
            hashes[i] = mix(hashes[i] ^ value);
        }
    }

    /** Nested and rare types by the text of their value: slow, and the same wherever the value is the same. */
    private static void foldOthers(ValueVector column, long[] hashes) {
        for (int i = 0; i < hashes.length; i++) {
            long value = column.isNull(i)
                    ? NULL_VALUE
                    : bytes(String.valueOf(column.getObject(i)).getBytes(StandardCharsets.UTF_8));
            hashes[i] = mix(hashes[i] ^ value);
        }
    }

    private static long bytes(ArrowBuf data, long from, long to) {
        long hash = to - from;
        long at = from;
        for (; at + 8 <= to; at += 8) {
            hash = mix(hash ^ data.getLong(at));
        }
        long tail = 0;
        for (int shift = 0; at < to; at++, shift += 8) {
            tail |= (data.getByte(at) & 0xFFL) << shift;
        }
        return mix(hash ^ tail);
    }

    private static long bytes(byte[] data) {
        long hash = data.length;
        int at = 0;
        while (at < data.length) {
            long word = 0;
            for (int shift = 0; shift < 64 && at < data.length; shift += 8) {
                word |= (data[at++] & 0xFFL) << shift;
            }
            hash = mix(hash ^ word);
        }
        return mix(hash);
    }

    private static long mix(long value) {
        long h = value;
        h ^= h >>> 33;
        h *= 0xFF51AFD7ED558CCDL;
        h ^= h >>> 33;
        h *= 0xC4CEB9FE1A85EC53L;
        h ^= h >>> 33;
        return h;
    }
}
