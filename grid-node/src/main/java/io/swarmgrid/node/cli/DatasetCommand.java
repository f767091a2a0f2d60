package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.DatasetReader;
import io.swarmgrid.client.data.ParquetDirectory;
import io.swarmgrid.client.wire.DatasetInfo;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PathRequest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm dataset}: tables in the grid. */
@Command(
        name = "dataset",
        description = "Store, show and fetch datasets.",
        subcommands = {
            DatasetPutCommand.class,
            DatasetCommand.Info.class,
            DatasetCommand.Cat.class,
            DatasetCommand.Head.class,
            DatasetCommand.Datasets.class,
            DatasetCommand.Remove.class,
            DatasetCommand.Export.class
        })
final class DatasetCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "name one of: put, info, cat, head, ls, rm, export");
    }

    /** {@code swarm dataset info}. */
    @Command(name = "info", description = "Schema, rows, size, partition files.")
    static final class Info extends GridCommand {
        @Parameters(paramLabel = "PATH")
        private String path = "";

        @Override
        int run(Session session) {
            DatasetInfo info = session.call("dataset.info", new PathRequest(path), DatasetInfo.class);
            if (session.output().json()) {
                session.output().document(info);
            } else {
                show(session.output(), info);
            }
            return ExitCode.OK;
        }

        private static void show(Output output, DatasetInfo info) {
            output.line(info.path() + ": " + Units.count(info.rows()) + " rows, " + Units.bytes(info.sizeBytes())
                    + " in " + info.files().size() + " partition files, version " + info.version());
            output.line("");
            Table columns = new Table("COLUMN", "TYPE", "NULLS");
            info.columns()
                    .forEach(column -> columns.row(column.name(), column.type(), column.nullable() ? "yes" : "no"));
            columns.print(output.out());
            output.line("");
            Table files = new Table("PARTITION FILE", ">ROWS", ">SIZE");
            info.files()
                    .forEach(file -> files.row(file.name(), Units.count(file.rows()), Units.bytes(file.sizeBytes())));
            files.print(output.out());
        }
    }

    /** What {@code cat} and {@code head} have in common. */
    abstract static class Show extends GridCommand {
        @Parameters(paramLabel = "PATH")
        private String path = "";

        @Option(names = "--columns", split = ",", paramLabel = "NAME", description = "Only these")
        private List<String> columns = List.of();

        @Option(names = "--format", description = "table, csv, json, arrow or arrow-stream")
        private @Nullable String format;

        final int show(Session session, long rowLimit) throws IOException {
            String form = format != null ? format : session.output().json() ? "json" : "table";
            Tables tables = new Tables(session);
            try (BatchPrinter printer = BatchPrinter.of(form, session.output().out(), session.allocator());
                    Progress silent = Progress.ofItems(
                            Progress.Style.silent(session.output().err()), path, 0, "rows")) {
                tables.print(tables.open(path, columns), rowLimit, printer, silent);
            }
            return ExitCode.OK;
        }
    }

    /** {@code swarm dataset cat}. */
    @Command(name = "cat", description = "Write all rows to standard output.")
    static final class Cat extends Show {
        @Override
        int run(Session session) throws IOException {
            return show(session, Long.MAX_VALUE);
        }
    }

    /** {@code swarm dataset head}. */
    @Command(name = "head", description = "Show the first rows.")
    static final class Head extends Show {
        @Option(
                names = {"-n", "--rows"},
                paramLabel = "N",
                description = "How many, default 10")
        private long rows = 10;

        @Override
        int run(Session session) throws IOException {
            return show(session, rows);
        }
    }

    /** {@code swarm dataset ls}. */
    @Command(name = "ls", description = "Find the datasets below a directory.")
    static final class Datasets extends GridCommand {
        @Parameters(arity = "0..1", paramLabel = "PATH", description = "Default /")
        private String path = "/";

        @Override
        int run(Session session) {
            Namespace namespace = new Namespace(session);
            list(session, namespace, namespace.status(path));
            return ExitCode.OK;
        }

        /** A directory of Parquet files is known by all of its entries. */
        private static void list(Session session, Namespace namespace, FileStatus directory) {
            ParquetDirectory names = new ParquetDirectory();
            namespace.list(directory.path(), entry -> {
                names.add(entry);
                if (entry.kind() == EntryKind.DATASET) {
                    show(session, entry);
                } else if (entry.kind() == EntryKind.DIRECTORY) {
                    list(session, namespace, entry);
                }
            });
            if (names.isDataset()) {
                show(session, directory);
            }
        }

        private static void show(Session session, FileStatus entry) {
            if (session.output().json()) {
                session.output().document(entry);
            } else {
                session.output().line(entry.path());
            }
        }
    }

    /** {@code swarm dataset rm}. */
    @Command(name = "rm", description = "Remove a dataset.")
    static final class Remove extends GridCommand {
        @Parameters(paramLabel = "PATH")
        private String path = "";

        @Override
        int run(Session session) {
            Namespace namespace = new Namespace(session);
            if (namespace.status(path).kind() != EntryKind.DATASET) {
                throw new GridException(
                        ErrorCode.INVALID_ARGUMENT, "not a dataset: " + path, path, "swarm rm removes others", null);
            }
            namespace.removeTree(path);
            return ExitCode.OK;
        }
    }

    /** {@code swarm dataset export}. */
    @Command(name = "export", description = "Write a dataset into a local file: .arrow or .csv.")
    static final class Export extends GridCommand {
        @Parameters(index = "0", paramLabel = "PATH")
        private String path = "";

        @Parameters(index = "1", paramLabel = "FILE")
        private Path file = Path.of("");

        @Option(names = "--columns", split = ",", paramLabel = "NAME", description = "Only these")
        private List<String> columns = List.of();

        @Option(names = "--format", description = "arrow, arrow-stream, csv or json; default by the name")
        private @Nullable String format;

        @Option(
                names = {"-f", "--overwrite"},
                description = "Replace the file")
        private boolean overwrite;

        @Override
        int run(Session session) throws IOException {
            if (Files.exists(file) && !overwrite) {
                throw new FileAlreadyExistsException(file + " (-f replaces it)");
            }
            Path part = file.resolveSibling("." + file.getFileName() + ".part");
            Tables tables = new Tables(session);
            DatasetReader reader = tables.open(path, columns);
            long rows;
            try (Progress progress = Progress.ofItems(
                    session.output().progress(), "export " + path, Math.max(0, reader.rows()), "rows")) {
                try (PrintStream out = new PrintStream(
                                new BufferedOutputStream(Files.newOutputStream(part), 1 << 20),
                                false,
                                StandardCharsets.UTF_8);
                        BatchPrinter printer = BatchPrinter.of(form(), out, session.allocator())) {
                    tables.print(reader, Long.MAX_VALUE, printer, progress);
                }
                rows = progress.done();
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
            session.output().say("exported " + Units.count(rows) + " rows to " + file);
            return ExitCode.OK;
        }

        private String form() {
            if (format != null) {
                return format;
            }
            String name = file.toString().toLowerCase(Locale.ROOT);
            return name.endsWith(".csv") ? "csv" : name.endsWith(".jsonl") || name.endsWith(".json") ? "json" : "arrow";
        }
    }
}
