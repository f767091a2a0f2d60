package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBResultSet;

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
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setString(i + 1, parameters.get(i));
            }
            try (ResultSet result = statement.executeQuery();
                    ArrowReader reader = (ArrowReader)
                            result.unwrap(DuckDBResultSet.class).arrowExportStream(allocator, BATCH_ROWS)) {
                return consumer.take(reader);
            }
        } catch (SQLException e) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "cannot read " + String.join(", ", parameters) + ": "
                            + Errors.firstLine(String.valueOf(e.getMessage())),
                    e);
        }
    }
}
