package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Programs that keep tables as files of a grid: Parquet's own library, and Spark with the one jar. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TablesIT {
    private static final URI GRID = URI.create("swarm://tables/");
    private static final java.nio.file.Path LOCAL_FLIGHTS =
            java.nio.file.Path.of(System.getProperty("swarm.data"), "flights-3m.parquet");
    private static final Path FLIGHTS = new Path("swarm://tables/flights-3m.parquet");

    private final Configuration configuration = new Configuration();
    private LocalGrid grid;
    private FileSystem files;
    private List<String> sparkDefaults;

    /** Of hosts with names of their own, so that there is a difference between near and far. */
    @BeforeAll
    void start(@TempDir java.nio.file.Path directory) throws Exception {
        Map<String, String> settings = Map.of("storage.block-size", "4MiB");
        grid = LocalGrid.start(
                directory,
                Stream.of("127.0.0.1", "127.0.0.2", "127.0.0.3")
                        .map(address -> new LocalGrid.Host(address, List.of(), settings))
                        .toList());
        configuration.set("fs.swarm.tables.addresses", String.join(",", grid.addresses()));
        files = FileSystem.newInstance(GRID, configuration);
        files.copyFromLocalFile(new Path(LOCAL_FLIGHTS.toUri()), FLIGHTS);
        sparkDefaults = ProgramRun.hdfsEnv(grid.addresses().get(0), List.of("--format", "spark"))
                .lines()
                .toList();
    }

    @AfterAll
    void stop() throws IOException {
        files.close();
        grid.close();
    }

    @Test
    void keepsParquetAndReadsItsColumnsByRanges() throws IOException {
        ParquetTable table = new ParquetTable(configuration, new Path("swarm://tables/rows.parquet"));

        table.write();

        table.readSomeColumns();
    }

    @Test
    void servesSparkAsItComes(@TempDir java.nio.file.Path scratch) throws Exception {
        List<String> said = new SparkRun(scratch, "3.5", sparkDefaults)
                .submit("swarm://swarm/flights-3m.parquet", "swarm://swarm/by-origin");

        assertThat(said).contains("Spark 3.5.3, Hadoop 3.3.4");
        assertJob(said, new Path("/by-origin"), scratch);
        assertThat(read(new Path("/by-origin/_SUCCESS"))).isEmpty();
    }

    @Test
    void servesSparkWithTheCommitterByManifests(@TempDir java.nio.file.Path scratch) throws Exception {
        List<String> said = new SparkRun(scratch, "4.0", sparkDefaults)
                .property("spark.hadoop.mapreduce.outputcommitter.factory.scheme.swarm"
                        + " org.apache.hadoop.mapreduce.lib.output.committer.manifest.ManifestCommitterFactory")
                .property("spark.sql.sources.commitProtocolClass"
                        + " org.apache.spark.internal.io.cloud.PathOutputCommitProtocol")
                .property("spark.sql.parquet.output.committer.class"
                        + " org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter")
                .run("swarm://swarm/flights-3m.parquet", "swarm://swarm/by-manifest");

        assertThat(said).contains("Spark 4.0.1, Hadoop 3.4.1");
        assertJob(said, new Path("/by-manifest"), scratch);
        JsonNode success = Json.tree(read(new Path("/by-manifest/_SUCCESS")));
        assertThat(success.path("committer").asText()).contains("manifest");
        assertThat(success.path("success").asBoolean()).isTrue();
        assertThat(success.path("filenames")).isNotEmpty();
    }

    /** That each task read what lies on its host, and that the result is what another engine has from the local file. */
    private void assertJob(List<String> said, Path target, java.nio.file.Path scratch) throws Exception {
        assertThat(said).anyMatch(line -> line.matches("Tasks \\{NODE_LOCAL=\\d+\\}"));
        assertThat(said).anyMatch(line -> line.matches("Bytes \\d{7,}"));
        assertThat(said).contains("The same as ORC: true");
        files.copyToLocalFile(target, new Path(scratch.resolve("result").toUri()));
        String expected = "(SELECT origin, count(*) AS flights, sum(delay) AS delay FROM read_parquet('" + LOCAL_FLIGHTS
                + "') GROUP BY origin)";
        String found =
                "(SELECT origin, flights, delay FROM read_parquet('" + scratch.resolve("result") + "/part-*.parquet'))";
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            assertThat(count(duck, found)).isGreaterThan(100);
            assertThat(count(duck, "(" + expected + " EXCEPT " + found + ")")).isZero();
            assertThat(count(duck, "(" + found + " EXCEPT " + expected + ")")).isZero();
        }
        assertThat(Arrays.stream(files.listStatus(target))
                        .map(FileStatus::getPath)
                        .map(Path::getName))
                .as("nothing is left of the work")
                .allMatch(name -> name.equals("_SUCCESS") || name.startsWith("part-"));
    }

    private static long count(Connection duck, String rows) throws Exception {
        try (Statement statement = duck.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM " + rows)) {
            assertThat(result.next()).isTrue();
            return result.getLong(1);
        }
    }

    private byte[] read(Path path) throws IOException {
        try (FSDataInputStream in = files.open(path)) {
            return in.readAllBytes();
        }
    }
}
