package io.swarmgrid.storage.parquet;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.DataSize;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * An embedded DuckDB that reads the files of one directory, and nothing else: no other file, no network, no extension. It is started
 * when it is first needed, keeps nothing, and decodes on the thread that asks. Thread-safe.
 */
final class Duck implements AutoCloseable {
    private final Path directory;
    private final DataSize memory;

    @GuardedBy("this")
    private @Nullable DuckDBConnection first;

    @GuardedBy("this")
    private boolean closed;

    /** @param memory that all readers together take outside of the heap, but for the batches that they hand out */
    Duck(Path directory, DataSize memory) {
        this.directory = directory;
        this.memory = memory;
    }

    /** The caller closes it. Confined to one thread. */
    Connection connect() throws SQLException {
        return started().duplicate();
    }

    private synchronized DuckDBConnection started() throws SQLException {
        if (closed) {
            throw new GridException(ErrorCode.UNAVAILABLE, "this node is shutting down");
        }
        if (first == null) {
            first = start();
        }
        return first;
    }

    private DuckDBConnection start() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
        try {
            settle(connection);
            return connection.unwrap(DuckDBConnection.class);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void settle(Connection connection) throws SQLException {
        List<String> settings = List.of(
                "threads = 1",
                "memory_limit = '" + memory.bytes() + "B'",
                "temp_directory = ''",
                "enable_external_file_cache = false",
                "autoinstall_known_extensions = false",
                "autoload_known_extensions = false",
                "TimeZone = 'UTC'",
                "allowed_directories = [" + literal(directory + "/") + "]",
                "enable_external_access = false",
                "lock_configuration = true");
        try (Statement statement = connection.createStatement()) {
            for (String setting : settings) {
                statement.execute("SET " + setting);
            }
        }
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static String identifier(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    /** What went wrong while the file at a path was read. */
    GridException failure(String path, Exception e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        if (message.toLowerCase(Locale.ROOT).contains("out of memory")) {
            return new GridException(
                    ErrorCode.OVERLOADED,
                    "no memory to decode " + path + " within limits.parquet-memory=" + memory + ": " + message,
                    path,
                    "read fewer columns at once, or raise limits.parquet-memory",
                    e);
        }
        return corrupt(path, message, e);
    }

    static GridException corrupt(String path, String what, @Nullable Throwable cause) {
        return new GridException(
                ErrorCode.CORRUPT_DATA, "no sound Parquet file: " + path + ": " + what, path, null, cause);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (first != null) {
            try {
                first.close();
            } catch (SQLException e) {
                throw new IllegalStateException("cannot end the decoder of Parquet", e);
            }
            first = null;
        }
    }
}
