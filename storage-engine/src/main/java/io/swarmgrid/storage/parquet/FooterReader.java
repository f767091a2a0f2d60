package io.swarmgrid.storage.parquet;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.file.FileReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBResultSet;

/** Reads the footers of Parquet files: of each file only the end is brought here. Thread-safe. */
final class FooterReader {
    /** Of the numbers of rows that a query goes by; DuckDB gives this name to them. */
    static final String ROW_NUMBER = "file_row_number";

    private static final String MAGIC = "PAR1";
    private static final String ENCRYPTED_MAGIC = "PARE";
    private static final int END_BYTES = Integer.BYTES + MAGIC.length();
    private static final int MAX_FOOTER_BYTES = 64 << 20;
    /** Old writers did not count the header of the dictionary's page: PARQUET-816. */
    private static final int UNCOUNTED_BYTES = 100;

    private static final String SCHEMA = "SELECT name, coalesce(num_children, 0) FROM parquet_schema(?)";
    private static final String CHUNKS =
            "SELECT row_group_id, row_group_num_rows, column_id, dictionary_page_offset, data_page_offset,"
                    + " total_compressed_size, total_uncompressed_size FROM parquet_metadata(?) ORDER BY row_group_id, column_id";

    private final Duck duck;
    private final Path scratch;

    FooterReader(Duck duck, Path scratch) {
        this.duck = duck;
        this.scratch = scratch;
    }

    /** @throws GridException CORRUPT_DATA, UNSUPPORTED (encrypted, too large), OVERLOADED */
    ParquetFooter read(FileReader file, BufferAllocator allocator) {
        String path = file.layout().status().path();
        long startsAt = find(file, path);
        try (ScratchFile part = new ScratchFile(file, scratch)) {
            part.bring(0, MAGIC.length());
            part.bring(startsAt, file.lengthBytes());
            try (Connection connection = duck.connect()) {
                String name = part.path().toString();
                int[] columns = columns(connection, name, path);
                Schema schema = schema(connection, name, allocator);
                check(schema, columns, path);
                return chunks(new Row(connection, name, path, startsAt), schema, columns, file.lengthBytes());
            }
        } catch (SQLException | IOException e) {
            throw duck.failure(path, e);
        }
    }

    private static long find(FileReader file, String path) {
        long length = file.lengthBytes();
        if (length < MAGIC.length() + END_BYTES) {
            throw Duck.corrupt(path, "it has " + length + " bytes", null);
        }
        ByteBuf end = file.read(length - END_BYTES, END_BYTES);
        long footerBytes;
        String magic;
        try {
            footerBytes = end.readUnsignedIntLE();
            magic = end.toString(StandardCharsets.ISO_8859_1);
        } finally {
            end.release();
        }
        if (magic.equals(ENCRYPTED_MAGIC)) {
            throw unsupported(path, "its footer is encrypted");
        }
        if (!magic.equals(MAGIC)) {
            throw Duck.corrupt(path, "it does not end as one", null);
        }
        long startsAt = length - END_BYTES - footerBytes;
        if (startsAt < MAGIC.length()) {
            throw Duck.corrupt(path, "a footer of " + footerBytes + " bytes in " + length, null);
        }
        if (footerBytes > MAX_FOOTER_BYTES) {
            throw unsupported(path, "its footer has " + footerBytes + " bytes, at most " + MAX_FOOTER_BYTES);
        }
        return startsAt;
    }

    private static GridException unsupported(String path, String what) {
        return new GridException(ErrorCode.UNSUPPORTED, "cannot decode " + path + ": " + what, path, null, null);
    }

    /** The column of each leaf: the schema is a tree, written down from its root, children after their parent. */
    private static int[] columns(Connection connection, String name, String path) throws SQLException {
        List<Integer> leaves = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SCHEMA)) {
            statement.setString(1, name);
            try (ResultSet elements = statement.executeQuery()) {
                if (!elements.next()) {
                    throw Duck.corrupt(path, "it has no schema", null);
                }
                int column = -1;
                long open = 0; // elements of this column that are still to come
                while (elements.next()) {
                    if (open == 0) {
                        if (ROW_NUMBER.equalsIgnoreCase(elements.getString(1))) {
                            throw unsupported(path, "a column is named '" + elements.getString(1) + "'");
                        }
                        column++;
                        open = 1;
                    }
                    long children = elements.getLong(2);
                    open += children - 1;
                    if (children == 0) {
                        leaves.add(column);
                    }
                }
            }
        }
        return leaves.stream().mapToInt(Integer::intValue).toArray();
    }

    private static Schema schema(Connection connection, String name, BufferAllocator allocator)
            throws SQLException, IOException {
        String sql = "SELECT * FROM " + Decoding.table(name) + " LIMIT 0";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery();
                ArrowReader batches = (ArrowReader)
                        result.unwrap(DuckDBResultSet.class).arrowExportStream(allocator, Decoding.MIN_BATCH_ROWS)) {
            List<Field> fields =
                    new ArrayList<>(batches.getVectorSchemaRoot().getSchema().getFields());
            fields.remove(fields.size() - 1); // the numbers of rows
            return new Schema(fields);
        }
    }

    private static void check(Schema schema, int[] columns, String path) {
        int last = columns.length == 0 ? -1 : columns[columns.length - 1];
        if (last + 1 != schema.getFields().size()) {
            throw unsupported(
                    path,
                    "it has " + (last + 1) + " columns, and "
                            + schema.getFields().size() + " are decoded");
        }
    }

    /** What is read of the chunks of one file. */
    private record Row(Connection connection, String name, String path, long startsAt) {}

    private static ParquetFooter chunks(Row of, Schema schema, int[] columns, long lengthBytes) throws SQLException {
        List<ParquetFooter.Chunks> groups = new ArrayList<>();
        List<Long> rows = new ArrayList<>();
        try (PreparedStatement statement = of.connection().prepareStatement(CHUNKS)) {
            statement.setString(1, of.name());
            try (ResultSet chunk = statement.executeQuery()) {
                int leaf = columns.length;
                while (chunk.next()) {
                    if (leaf == columns.length) {
                        groups.add(new ParquetFooter.Chunks(
                                new long[columns.length], new long[columns.length], new long[columns.length]));
                        rows.add(chunk.getLong(2));
                        leaf = 0;
                    }
                    int group = groups.size() - 1;
                    if (chunk.getLong(1) != group || chunk.getLong(3) != leaf) {
                        throw Duck.corrupt(of.path(), "a row group without all columns", null);
                    }
                    put(chunk, groups.get(group), leaf++, of);
                }
                if (leaf != columns.length) {
                    throw Duck.corrupt(of.path(), "a row group without all columns", null);
                }
            }
        }
        long[] firstRows = new long[rows.size() + 1];
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i) < 0) {
                throw Duck.corrupt(of.path(), "a row group of " + rows.get(i) + " rows", null);
            }
            firstRows[i + 1] = Math.addExact(firstRows[i], rows.get(i));
        }
        return new ParquetFooter(schema, firstRows, columns, List.copyOf(groups), of.startsAt(), lengthBytes);
    }

    private static void put(ResultSet chunk, ParquetFooter.Chunks to, int leaf, Row of) throws SQLException {
        long data = chunk.getLong(5);
        long dictionary = chunk.getLong(4); // 0 where there is none
        long from = dictionary > 0 ? Math.min(dictionary, data) : data;
        long length = chunk.getLong(6);
        long raw = chunk.getLong(7);
        if (from < 0 || length < 0 || raw < 0 || length > of.startsAt() || from > of.startsAt() - length) {
            throw Duck.corrupt(of.path(), "a chunk of " + length + " bytes at " + from, null);
        }
        to.offsets()[leaf] = from;
        to.lengths()[leaf] = Math.min(length + UNCOUNTED_BYTES, of.startsAt() - from);
        to.rawLengths()[leaf] = raw;
    }
}
