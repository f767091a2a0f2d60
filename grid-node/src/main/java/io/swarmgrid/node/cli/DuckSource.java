package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.DatasetUpload.Batches;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/** An embedded DuckDB in memory that answers a query in Arrow record batches, streamed as they are asked for. */
public final class DuckSource {
    private static final long BATCH_ROWS = 65_536;

    private DuckSource() {}

    /**
     * Runs one query.
     *
     * @param parameters texts for the query's question marks
     * @throws GridException CORRUPT_INPUT when DuckDB cannot read what the query names, INTERNAL without its driver
     */
    public static <T> T query(
            String sql, List<String> parameters, BufferAllocator allocator, TableFiles.BatchConsumer<T> consumer)
            throws IOException {
        try (Batches batches = open(sql, parameters, allocator)) {
            return consumer.take(batches.reader());
        }
    }

    /** The same, to be read and closed by whoever calls. */
    public static Batches open(String sql, List<String> parameters, BufferAllocator allocator) throws IOException {
        Answer answer = new Answer(parameters);
        boolean opened = false;
        try {
            answer.open(sql, allocator);
            opened = true;
            return answer;
        } catch (SQLException e) {
            throw answer.unreadable(e);
        } finally {
            if (!opened) {
                answer.close();
            }
        }
    }

    /** An answer that is being read, with all that has to be closed after it. */
    private static final class Answer implements Batches {
        private final List<String> parameters;
        private final Deque<AutoCloseable> open = new ArrayDeque<>();
        private @Nullable ArrowReader reader;

        Answer(List<String> parameters) {
            this.parameters = parameters;
        }

        void open(String sql, BufferAllocator allocator) throws SQLException {
            Properties properties = new Properties();
            properties.setProperty("jdbc_stream_results", "true");
            Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
            open.push(connection);
            PreparedStatement statement = connection.prepareStatement(sql);
            open.push(statement);
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, parameters.get(i));
            }
            ResultSet result = statement.executeQuery();
            open.push(result);
            ArrowReader batches =
                    (ArrowReader) result.unwrap(DuckDBResultSet.class).arrowExportStream(allocator, BATCH_ROWS);
            open.push(batches);
            reader = batches;
        }

        @Override
        public ArrowReader reader() {
            return Objects.requireNonNull(reader, "opened");
        }

        @Override
        public void close() throws IOException {
            Exception first = null;
            while (!open.isEmpty()) {
                try {
                    open.pop().close();
                } catch (Exception e) {
                    first = first == null ? e : first;
                }
            }
            if (first instanceof SQLException e) {
                throw unreadable(e);
            }
            if (first != null) {
                throw new IOException("cannot end the reading of " + String.join(", ", parameters), first);
            }
        }

        GridException unreadable(SQLException e) {
            return new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "cannot read " + String.join(", ", parameters) + ": "
                            + Errors.firstLine(String.valueOf(e.getMessage())),
                    e);
        }
    }
}
