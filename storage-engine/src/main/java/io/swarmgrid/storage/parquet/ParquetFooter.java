package io.swarmgrid.storage.parquet;

import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What the footer of a Parquet file says, as far as a read needs it. Immutable.
 *
 * @param schema as its rows are decoded; every column may hold nulls
 * @param firstRows of each row group, and at the end the rows of all
 * @param columns the column that each leaf belongs to, by its place in the schema
 * @param groups the chunks of each row group, by leaf
 * @param startsAt where the footer begins: the bytes from there on are the footer
 * @param lengthBytes of the file
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ParquetFooter(
        Schema schema, long[] firstRows, int[] columns, List<Chunks> groups, long startsAt, long lengthBytes) {
    /** The schema, and what a leaf has besides its numbers. */
    private static final int SCHEMA_BYTES_PER_COLUMN = 300;

    private static final int BYTES_OF_ALL = 500;
    private static final int BYTES_PER_CHUNK = 3 * Long.BYTES;

    /**
     * Where the chunks of one row group are.
     *
     * @param offsets of each leaf's chunk
     * @param lengths of it, as it is stored
     * @param rawLengths of it, once it is decompressed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Chunks(long[] offsets, long[] lengths, long[] rawLengths) {}

    public long rows() {
        return firstRows[groups.size()];
    }

    /** About what this takes in memory. */
    int weightBytes() {
        long numbers = (long) groups.size() * columns.length * BYTES_PER_CHUNK;
        return (int)
                Math.min(Integer.MAX_VALUE, BYTES_OF_ALL + numbers + (long) columns.length * SCHEMA_BYTES_PER_COLUMN);
    }
}
