package io.swarmgrid.storage.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.DatasetInfo;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of Parquet files, read as datasets. What is in them is made by DuckDB's own writer. */
class ParquetTest {
    private static final Path FLIGHTS = Path.of("..", "data", "flights-3m.parquet");

    @TempDir
    private Path local;

    @AutoClose
    private final Fixture fixture = new Fixture();

    /** A Parquet file of what a query gives. */
    private byte[] parquet(String query, String options) throws SQLException, IOException {
        Path file = local.resolve("made.parquet");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet" + options + ")");
        }
        return Files.readAllBytes(file);
    }

    /** Numbers n and texts t of them, in row groups of 2048. */
    private byte[] numbers(int from, int to) throws SQLException, IOException {
        return parquet(
                "SELECT i::INTEGER AS n, 'row ' || i AS t, i * 0.5 AS half FROM range(" + from + ", " + to + ") r(i)",
                ", ROW_GROUP_SIZE 2048");
    }

    private FileStatus put(String path, byte[] bytes) {
        try (FileWriter writer = fixture.grid.put(Fixture.CALL, GridPath.parse(path), PutOptions.create("ada"))) {
            writer.write(Unpooled.wrappedBuffer(bytes));
            return writer.commit();
        }
    }

    private List<@Nullable Object> values(String path, String column, long from, long to) {
        return fixture.values(path, column, List.of(from, to));
    }

    private static void assertRefused(ErrorCode code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GridException.class,
                        e -> assertThat(e.code()).as(e.toString()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private static void drain(PartitionReader reader) {
        while (reader.next()) {}
    }

    @Test
    void aDirectoryOfThemIsADataset() throws Exception {
        put("/p/a.parquet", numbers(0, 5000));
        put("/p/b.parquet", numbers(5000, 5010));
        put("/p/_SUCCESS", new byte[0]);
        put("/p/.a.parquet.crc", new byte[] {1});

        DatasetInfo info = fixture.store.info(Fixture.CALL, GridPath.parse("/p"));

        assertThat(info.rows()).isEqualTo(5010);
        assertThat(info.columns())
                .extracting(DatasetInfo.Column::name, DatasetInfo.Column::type)
                .extracting(Object::toString)
                .containsExactly(
                        "(\"n\", \"Int(32, true)\")", "(\"t\", \"Utf8\")", "(\"half\", \"Decimal(21, 1, 128)\")");
        assertThat(info.files())
                .extracting(DatasetInfo.PartitionFile::name, DatasetInfo.PartitionFile::rows)
                .extracting(Object::toString)
                .containsExactly("(\"a.parquet\", 5000L)", "(\"b.parquet\", 10L)");
        assertThat(fixture.store.schema(Fixture.CALL, GridPath.parse("/p")))
                .isEqualTo(fixture.plan("/p", null, null).schema());
    }

    @Test
    void isReadAcrossRowGroupsAndFiles() throws Exception {
        put("/p/a.parquet", numbers(0, 5000));
        put("/p/b.parquet", numbers(5000, 9000));
        Random random = new Random(11);

        for (int i = 0; i < 40; i++) {
            int from = random.nextInt(9001);
            int to = from + random.nextInt(9001 - from);
            assertThat(values("/p", "n", from, to)).isEqualTo(Fixture.range(from, to));
        }
        assertThat(values("/p", "t", 4999, 5001)).containsExactly("row 4999", "row 5000");
    }

    @Test
    void columnsComeInTheOrderWanted() throws Exception {
        put("/p/a.parquet", numbers(0, 10));

        List<VectorSchemaRoot> batches = fixture.read("/p", List.of("t", "n"), null);

        assertThat(batches.get(0).getSchema().getFields())
                .extracting(field -> field.getName())
                .containsExactly("t", "n");
        assertThat(batches.get(0).getVector(0).getObject(9)).hasToString("row 9");
        batches.forEach(VectorSchemaRoot::close);
        List<VectorSchemaRoot> none = fixture.read("/p", List.of(), null);
        assertThat(none.stream().mapToInt(VectorSchemaRoot::getRowCount).sum()).isEqualTo(10);
        none.forEach(VectorSchemaRoot::close);
    }

    @Test
    void readsOnlyTheChunksThatAreWanted() throws Exception {
        byte[] file = parquet(
                "SELECT i AS n, md5(i::VARCHAR) AS t, hash(i) AS h FROM range(0, 100000) r(i)",
                ", ROW_GROUP_SIZE 20480, COMPRESSION uncompressed");
        put("/p/a.parquet", file);
        DatasetPlan.Endpoint endpoint = fixture.plan("/p", List.of("n"), List.of(30_000L, 30_010L))
                .endpoints()
                .get(0);
        long before = fixture.grid.readBytes();

        try (PartitionReader reader = fixture.store.open(Fixture.CALL, endpoint.read())) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.root().getRowCount()).isEqualTo(10);
            assertThat(reader.next()).isFalse();
        }

        assertThat(file.length).isGreaterThan(5_000_000);
        assertThat(fixture.grid.readBytes() - before).isLessThan(300_000);
    }

    @Test
    void allKindsOfColumnsComeAsTheyAre() throws Exception {
        put("/p/a.parquet", parquet("""
                SELECT i % 2 = 0 AS b, i::TINYINT AS i8, i::UBIGINT AS u64, i::FLOAT AS f, i::DECIMAL(18, 3) AS d,
                  DATE '2026-01-01' + i::INTEGER AS day, TIMESTAMP '2026-01-01 00:00:00' + to_hours(i) AS at,
                  TIMESTAMPTZ '2026-01-01 00:00:00+00' AS zoned, ('x' || i)::BLOB AS raw,
                  CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS maybe, [i, NULL, i + 1] AS list,
                  {'a': i, 'b': {'c': 'z' || i}} AS struct, map {i: 'm' || i} AS map, uuid() AS id
                FROM range(0, 100) r(i)""", ""));

        assertThat(fixture.values("/p", "list", List.of(7L, 8L))).hasToString("[[7,null,8]]");
        assertThat(fixture.values("/p", "struct", List.of(7L, 8L))).hasToString("[{\"a\":7,\"b\":{\"c\":\"z7\"}}]");
        assertThat(fixture.values("/p", "maybe", List.of(2L, 5L))).containsExactly(2L, null, 4L);
        assertThat(fixture.values("/p", "d", List.of(1L, 2L))).hasToString("[1.000]");
        assertThat(fixture.plan("/p", null, null).schema().getFields())
                .extracting(field -> field.getName() + " " + field.getType())
                .contains(
                        "zoned Timestamp(MICROSECOND, UTC)", "at Timestamp(MICROSECOND, null)", "raw Binary", "b Bool");
        for (String column : List.of("b", "i8", "u64", "f", "day", "at", "zoned", "raw", "map", "id")) {
            assertThat(fixture.values("/p", column, null))
                    .as(column)
                    .hasSize(100)
                    .doesNotContainNull();
        }
    }

    @Test
    void aBatchFitsIntoAMessage() throws Exception {
        try (Fixture small = new Fixture("64KiB")) {
            byte[] file = parquet("SELECT repeat('x', 500) || i AS t FROM range(0, 5000) r(i)", "");
            try (FileWriter writer =
                    small.grid.put(Fixture.CALL, GridPath.parse("/p/a.parquet"), PutOptions.create("ada"))) {
                writer.write(Unpooled.wrappedBuffer(file));
                writer.commit();
            }
            int rows = 0;
            for (VectorSchemaRoot batch : small.read("/p", null, null)) {
                assertThat(batch.getVector(0).getBufferSize()).isLessThan(64 << 10);
                assertThat(batch.getVector(0).getObject(0)).hasToString("x".repeat(500) + rows);
                rows += batch.getRowCount();
                batch.close();
            }
            assertThat(rows).isEqualTo(5000);
        }
    }

    @Test
    void whatIsKeptOfABatchOutlivesItsReader() throws Exception {
        put("/p/a.parquet", numbers(0, 6000));
        List<VectorSchemaRoot> kept = fixture.read("/p", List.of("n"), null); // copies that share buffers
        List<Object> values = new ArrayList<>();
        for (VectorSchemaRoot batch : kept) {
            IntStream.range(0, batch.getRowCount())
                    .forEach(row -> values.add(batch.getVector(0).getObject(row)));
            batch.close();
        }
        assertThat(values).isEqualTo(Fixture.range(0, 6000));
    }

    @Test
    void aReaderMayBeClosedAtAnyTime() throws Exception {
        put("/p/a.parquet", numbers(0, 9000));
        PartitionRead read = fixture.plan("/p", null, null).endpoints().get(0).read();

        fixture.store.open(Fixture.CALL, read).close();
        try (PartitionReader reader = fixture.store.open(Fixture.CALL, read)) {
            assertThat(reader.next()).isTrue();
        }
    }

    @Test
    void soManyAreReadAtOnceAndNoMore() throws Exception {
        put("/p/a.parquet", numbers(0, 10));
        PartitionRead read = fixture.plan("/p", null, null).endpoints().get(0).read();
        List<PartitionReader> open = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            open.add(fixture.store.open(Fixture.CALL, read));
        }

        assertRefused(
                ErrorCode.OVERLOADED, "being decoded on this node: 64", () -> fixture.store.open(Fixture.CALL, read));
        open.get(0).close();
        open.get(0).close(); // makes no room twice
        open.set(0, fixture.store.open(Fixture.CALL, read));
        assertRefused(
                ErrorCode.OVERLOADED, "being decoded on this node: 64", () -> fixture.store.open(Fixture.CALL, read));
        open.forEach(PartitionReader::close);
    }

    @Test
    void otherDirectoriesAreNone() throws Exception {
        put("/other/a.parquet", numbers(0, 1));
        put("/other/b.csv", new byte[] {1});
        put("/deep/below/a.parquet", numbers(0, 1));
        fixture.grid.makeDirectory(GridPath.parse("/empty"), "ada", io.swarmgrid.storage.namespace.Files.Parents.MAKE);

        for (String path : List.of("/other", "/deep", "/empty")) {
            assertThat(fixture.store.isDataset(fixture.grid.stat(GridPath.parse(path))))
                    .as(path)
                    .isFalse();
            assertRefused(ErrorCode.NOT_FOUND, "not found: " + path, () -> fixture.plan(path, null, null));
        }
        Iterator<FileStatus> below = fixture.store.below(GridPath.ROOT, 10);
        assertThat(below.next().path()).isEqualTo("/deep/below");
        assertThat(below.hasNext()).isFalse();
    }

    @Test
    void filesOfDifferentSchemasAreRefused() throws Exception {
        put("/p/a.parquet", numbers(0, 10));
        put("/p/b.parquet", parquet("SELECT i::INTEGER AS n, i AS t, i * 0.5 AS half FROM range(0, 3) r(i)", ""));

        assertRefused(
                ErrorCode.SCHEMA_MISMATCH,
                "/p/b.parquet has another schema than a.parquet: column 't' is Utf8, got Int(64, true)",
                () -> fixture.plan("/p", null, null));
    }

    @Test
    void badAsksAreRefused() throws Exception {
        put("/p/a.parquet", numbers(0, 10));
        PartitionRead read = fixture.plan("/p", null, null).endpoints().get(0).read();

        assertRefused(ErrorCode.INVALID_ARGUMENT, "no column 'N'", () -> fixture.plan("/p", List.of("N"), null));
        PartitionRead further =
                new PartitionRead(read.fileId(), read.version(), read.name(), 5, 6, 1, null, PartitionFormat.PARQUET);
        assertRefused(ErrorCode.INVALID_ARGUMENT, "rows past the end", () -> fixture.store.open(Fixture.CALL, further));
        PartitionRead old = new PartitionRead(read.fileId(), 77, read.name(), 0, 6, 1, null, PartitionFormat.PARQUET);
        assertRefused(ErrorCode.PRECONDITION_FAILED, "has changed", () -> fixture.store.open(Fixture.CALL, old));
    }

    @Test
    void whatIsNoParquetFileIsRefused() throws Exception {
        put("/none/a.parquet", "PAR1 and more text than an end".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        put("/empty/a.parquet", new byte[0]);
        put("/column/a.parquet", parquet("SELECT 1 AS FILE_ROW_NUMBER", ""));
        byte[] encrypted = numbers(0, 10);
        encrypted[encrypted.length - 1] = 'E';
        put("/encrypted/a.parquet", encrypted);

        assertRefused(ErrorCode.CORRUPT_DATA, "it does not end as one", () -> fixture.plan("/none", null, null));
        assertRefused(ErrorCode.CORRUPT_DATA, "it has 0 bytes", () -> fixture.plan("/empty", null, null));
        assertRefused(
                ErrorCode.UNSUPPORTED,
                "a column is named 'FILE_ROW_NUMBER'",
                () -> fixture.plan("/column", null, null));
        assertRefused(ErrorCode.UNSUPPORTED, "is encrypted", () -> fixture.plan("/encrypted", null, null));
    }

    /** As somebody might have made it: what is in the grid is checked against its own sums. */
    @Test
    void damageEndsInAnErrorOrInRows() throws Exception {
        byte[] sound = parquet(
                "SELECT i AS n, 'v' || (i % 17) AS t, [i, i] AS l FROM range(0, 3000) r(i)", ", ROW_GROUP_SIZE 2048");
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] bytes = sound.clone();
            boolean footer = random.nextInt(3) > 0;
            int at = footer ? sound.length - 1 - random.nextInt(900) : random.nextInt(sound.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            if (random.nextInt(10) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            String directory = "/damaged" + i;
            put(directory + "/a.parquet", bytes);
            try {
                for (DatasetPlan.Endpoint endpoint :
                        fixture.plan(directory, null, null).endpoints()) {
                    try (PartitionReader reader = fixture.store.open(Fixture.CALL, endpoint.read())) {
                        drain(reader);
                    }
                }
            } catch (GridException e) {
                assertThat(e.code())
                        .as(e.toString())
                        .isIn(ErrorCode.CORRUPT_DATA, ErrorCode.UNSUPPORTED, ErrorCode.OVERLOADED);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    @Test
    void realFlightsComeWhole() throws Exception {
        put("/flights/all.parquet", Files.readAllBytes(FLIGHTS));

        DatasetPlan plan = fixture.plan("/flights", List.of("delay", "origin"), null);
        long rows = 0;
        long delay = 0;
        for (DatasetPlan.Endpoint endpoint : plan.endpoints()) {
            try (PartitionReader reader = fixture.store.open(Fixture.CALL, endpoint.read())) {
                while (reader.next()) {
                    rows += reader.root().getRowCount();
                    for (int i = 0; i < reader.root().getRowCount(); i++) {
                        Object value = reader.root().getVector(0).getObject(i);
                        delay += value == null ? 0 : ((Number) value).longValue();
                    }
                }
            }
        }
        long[] expected = new long[2];
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                java.sql.ResultSet result =
                        statement.executeQuery("SELECT count(*), sum(delay) FROM read_parquet('" + FLIGHTS + "')")) {
            assertThat(result.next()).isTrue();
            expected[0] = result.getLong(1);
            expected[1] = result.getLong(2);
        }
        assertThat(plan.rows()).isEqualTo(expected[0]).isEqualTo(3_000_000);
        assertThat(new long[] {rows, delay}).isEqualTo(expected);
    }
}
