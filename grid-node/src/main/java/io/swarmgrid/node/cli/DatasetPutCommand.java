package io.swarmgrid.node.cli;

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

/** {@code swarm dataset put}: Arrow, Parquet and CSV files, one after the other, as one dataset. */
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
        long rows = 0;
        boolean more = append;
        List<String> checked = checked();
        long totalRows = partitions == null ? 0 : rowsOf(session, checked);
        try (Progress progress = Progress.ofItems(session.output().progress(), "put " + path, totalRows, "rows")) {
            for (String file : checked) {
                Tables.Options options = new Tables.Options(
                        partitions == null ? null : Math.max(1, (totalRows + partitions - 1) / partitions),
                        partitionBy,
                        more ? PutMode.APPEND : overwrite ? PutMode.OVERWRITE : PutMode.CREATE,
                        replicas,
                        compression);
                rows += read(session, file, batches -> tables.put(path, batches, options, progress));
                more = true;
            }
        }
        done(session.output(), rows, System.nanoTime() - start);
        return ExitCode.OK;
    }

    private List<String> checked() throws IOException {
        List<String> all = new ArrayList<>();
        for (String file : files) {
            if (!file.equals("-") && !Files.isRegularFile(Path.of(file))) {
                throw new NoSuchFileException(file);
            }
            all.add(file);
        }
        return all;
    }

    /** How many rows there are: partitions of one size need to know before the first one ends. */
    private long rowsOf(Session session, List<String> sources) throws IOException {
        long rows = 0;
        for (String file : sources) {
            if (file.equals("-")) {
                throw misuse("--partitions needs files: how much a stream brings is not known before its end");
            }
            rows += read(session, file, batches -> {
                long count = 0;
                while (batches.loadNextBatch()) {
                    count += batches.getVectorSchemaRoot().getRowCount();
                }
                return count;
            });
        }
        return rows;
    }

    private long read(Session session, String file, TableFiles.BatchConsumer<Long> consumer) throws IOException {
        if (file.equals("-")) {
            return TableFiles.arrowStream("standard input", System.in, session.allocator(), consumer);
        }
        Path local = Path.of(file);
        TableFiles.Format named = TableFiles.formatNamed(format);
        return TableFiles.read(
                local, named == null ? TableFiles.formatOf(local) : named, session.allocator(), consumer);
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
