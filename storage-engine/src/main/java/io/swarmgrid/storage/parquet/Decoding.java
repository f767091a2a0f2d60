package io.swarmgrid.storage.parquet;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBResultSet;

/** One query over a scratch file, answered batch by batch. Confined to one thread. */
final class Decoding implements AutoCloseable {
    /** DuckDB's vectors have as many. */
    static final int MIN_BATCH_ROWS = 2048;

    /** What is closed in the end, the last one first. */
    private final Deque<AutoCloseable> opened;

    private final ArrowReader batches;

    private Decoding(Deque<AutoCloseable> opened, ArrowReader batches) {
        this.opened = opened;
        this.batches = batches;
    }

    /** What the rows of a file are read from, whose last column is their number within the file. */
    static String table(String name) {
        return "read_parquet(" + Duck.literal(name) + ", " + FooterReader.ROW_NUMBER
                + " = true, hive_partitioning = false)";
    }

    /**
     * Which rows of which columns.
     *
     * @param columns at least one
     */
    record Query(List<String> columns, long fromRow, long toRow, int batchRows) {
        String sql(String name) {
            String wanted = columns.stream().map(Duck::identifier).collect(Collectors.joining(", "));
            return "SELECT " + wanted + " FROM " + table(name) + " WHERE " + FooterReader.ROW_NUMBER + " BETWEEN "
                    + fromRow + " AND " + (toRow - 1);
        }
    }

    /** @param part taken over */
    static Decoding begin(ScratchFile part, Query query, Duck duck, BufferAllocator allocator)
            throws SQLException, IOException {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        opened.push(part);
        boolean begun = false;
        try {
            Connection connection = duck.connect();
            opened.push(connection);
            PreparedStatement statement =
                    connection.prepareStatement(query.sql(part.path().toString()));
            opened.push(statement);
            ResultSet result = statement.executeQuery();
            opened.push(result);
            ArrowReader batches =
                    (ArrowReader) result.unwrap(DuckDBResultSet.class).arrowExportStream(allocator, query.batchRows());
            opened.push(batches);
            begun = true;
            return new Decoding(opened, batches);
        } finally {
            if (!begun) {
                close(opened);
            }
        }
    }

    /** Belongs to this. */
    VectorSchemaRoot root() throws IOException {
        return batches.getVectorSchemaRoot();
    }

    boolean next() throws IOException {
        return batches.loadNextBatch();
    }

    @Override
    public void close() throws IOException {
        close(opened);
    }

    private static void close(Deque<AutoCloseable> opened) throws IOException {
        Exception first = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw new IOException("cannot end the decoding: " + first.getMessage(), first);
        }
    }
}
