package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.DatasetUpload;
import io.swarmgrid.client.wire.PutMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm dataset put}: Arrow, Parquet and CSV files, one after the other, as one dataset: all of them or none. */
@Command(
        name = "put",
        description = "Store Arrow, Parquet or CSV files as a dataset; - is an Arrow stream on standard input.")
final class DatasetPutCommand extends GridCommand {
    @Parameters(index = "0", paramLabel = "PATH", description = "Where to store it")
    private String path = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "What to store, all with one schema")
    private List<String> files = List.of();

    @Option(names = "--format", description = "arrow, arrow-stream, parquet or csv; default by what is in the file")
    private @Nullable String format;

    @Option(names = "--partitions", paramLabel = "N", description = "Into so many partition files of the same size")
    private @Nullable Integer partitions;

    @Option(names = "--partition-by", paramLabel = "COLUMN", description = "One partition file for each value")
    private @Nullable String partitionBy;

    @Option(names = "--append", description = "Add to the dataset that is there")
    private boolean append;

    @Option(
            names = {"-f", "--overwrite"},
            description = "Replace the dataset that is there")
    private boolean overwrite;

    @Option(names = "--replicas", paramLabel = "N", description = "Copies of every block; default the grid's")
    private @Nullable Integer replicas;

    @Option(names = "--compression", description = "none, lz4 or zstd; default none: nothing to decode on a read")
    private @Nullable String compression;

    @Override
    int run(Session session) throws IOException {
        if (append && overwrite) {
            throw misuse("--append or --overwrite, not both");
        }
        Tables tables = new Tables(session);
        long start = System.nanoTime();
        List<DatasetUpload.Source> sources = sources(session);
        long totalRows = partitions == null ? 0 : rowsOf(sources);
        Tables.Options options = new Tables.Options(
                partitions == null ? null : Math.max(1, (totalRows + partitions - 1) / partitions),
                partitionBy,
                append ? PutMode.APPEND : overwrite ? PutMode.OVERWRITE : PutMode.CREATE,
                replicas,
                compression);
        long rows;
        try (Progress progress = Progress.ofItems(session.output().progress(), "put " + path, totalRows, "rows")) {
            rows = tables.putAll(path, sources, options, progress);
        }
        done(session.output(), rows, System.nanoTime() - start);
        return ExitCode.OK;
    }

    private List<DatasetUpload.Source> sources(Session session) throws IOException {
        List<DatasetUpload.Source> sources = new ArrayList<>();
        for (String file : files) {
            if (file.equals("-") && partitions != null) {
                throw misuse("--partitions needs files: how much a stream brings is not known before its end");
            }
            sources.add(file.equals("-") ? standardInput(session) : local(session, Path.of(file)));
        }
        return sources;
    }

    private DatasetUpload.Source local(Session session, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        TableFiles.Format named = TableFiles.formatNamed(format);
        TableFiles.Format known = named == null ? TableFiles.formatOf(file) : named;
        return () -> TableFiles.open(file, known, session.allocator());
    }

    /** It can be had only once: where its put breaks off, all of them do. */
    private static DatasetUpload.Source standardInput(Session session) {
        boolean[] opened = {false};
        return () -> {
            if (opened[0]) {
                throw new GridException(
                        ErrorCode.UNAVAILABLE,
                        "nothing was stored: the put broke off, and standard input cannot be read again",
                        null,
                        "put it once more, or put a file",
                        null);
            }
            opened[0] = true;
            return TableFiles.arrowStream("standard input", System.in, session.allocator());
        };
    }

    /** How many rows there are: partitions of one size need to know before the first one ends. */
    private static long rowsOf(List<DatasetUpload.Source> sources) throws IOException {
        long rows = 0;
        for (DatasetUpload.Source source : sources) {
            try (DatasetUpload.Batches batches = source.open()) {
                while (batches.reader().loadNextBatch()) {
                    rows += batches.reader().getVectorSchemaRoot().getRowCount();
                }
            }
        }
        return rows;
    }

    private void done(Output output, long rows, long nanos) {
        if (output.json()) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("path", path);
            answer.put("rows", rows);
            answer.put("duration_ms", nanos / 1_000_000);
            output.document(answer);
        }
        output.say("stored " + path + ", " + Units.count(rows) + " rows in " + Units.nanos(nanos));
    }
}
