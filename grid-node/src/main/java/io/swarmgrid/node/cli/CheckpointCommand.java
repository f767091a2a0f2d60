package io.swarmgrid.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.CheckpointStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.Removed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm checkpoint}: the states of long runs. */
@Command(
        name = "checkpoint",
        description = "Store, show and fetch checkpoints.",
        subcommands = {
            CheckpointCommand.Put.class,
            CheckpointCommand.Get.class,
            CheckpointCommand.Steps.class,
            CheckpointCommand.Info.class,
            CheckpointCommand.Remove.class
        })
final class CheckpointCommand implements Runnable {
    private static final int THREADS = 4;
    private static final String LATEST = "latest";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name one of: put, get, ls, info, rm");
    }

    /** {@code swarm checkpoint put}. */
    @Command(name = "put", description = "Store the files of a directory as the shards of one step, all or nothing.")
    static final class Put extends GridCommand {
        @Parameters(index = "0", paramLabel = "DIR", description = "Local directory; its files are the shards")
        private Path directory = Path.of("");

        @Parameters(index = "1", paramLabel = "SERIES", description = "Path of the series, such as /checkpoints/run-7")
        private String series = "";

        @Parameters(index = "2", paramLabel = "STEP")
        private long step;

        @Option(names = "--metadata", paramLabel = "JSON", description = "An object to keep with the step")
        private @Nullable String metadata;

        @Option(names = "--replicas", paramLabel = "N", description = "Copies of every block; default the grid's")
        private @Nullable Integer replicas;

        @Override
        int run(Session session) throws Exception {
            ObjectNode kept = object(metadata);
            List<Path> shards = shards();
            long total = 0;
            for (Path shard : shards) {
                total += Files.size(shard);
            }
            Checkpoints checkpoints = new Checkpoints(session);
            long start = System.nanoTime();
            String open = checkpoints.begin(series, step, shards.size(), replicas);
            CheckpointStatus status;
            boolean committed = false;
            try (Progress progress =
                    Progress.ofBytes(session.output().progress(), "checkpoint " + series + " " + step, total)) {
                Parallel.each(
                        "shard",
                        Math.min(THREADS, shards.size()),
                        shards,
                        shard -> checkpoints.put(open, name(shard), () -> FileChannel.open(shard), progress));
                status = checkpoints.commit(open, kept);
                committed = true;
            } finally {
                if (!committed) {
                    checkpoints.abort(open);
                }
            }
            done(session.output(), "stored", status, System.nanoTime() - start);
            return ExitCode.OK;
        }

        private List<Path> shards() throws IOException {
            if (!Files.isDirectory(directory)) {
                throw new NoSuchFileException(directory + " (a directory with the shards)");
            }
            try (Stream<Path> entries = Files.list(directory)) {
                List<Path> shards =
                        entries.filter(Files::isRegularFile).sorted().toList();
                if (shards.isEmpty()) {
                    throw GridException.invalid("no files in " + directory);
                }
                return shards;
            }
        }

        private static @Nullable ObjectNode object(@Nullable String text) {
            if (text == null) {
                return null;
            }
            JsonNode node = Json.tree(text.getBytes(StandardCharsets.UTF_8));
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw GridException.invalid("--metadata is no JSON object: " + text);
        }
    }

    /** {@code swarm checkpoint get}. */
    @Command(name = "get", description = "Fetch the shards of one step into a local directory.")
    static final class Get extends GridCommand {
        @Parameters(index = "0", paramLabel = "SERIES")
        private String series = "";

        @Parameters(index = "1", paramLabel = "STEP", description = "A number, or latest")
        private String step = "";

        @Parameters(index = "2", paramLabel = "DIR")
        private Path directory = Path.of("");

        @Option(
                names = {"-f", "--overwrite"},
                description = "Replace local files that are there")
        private boolean overwrite;

        @Override
        int run(Session session) throws Exception {
            CheckpointStatus status = new Checkpoints(session).info(series, number(step));
            Transfers transfers = new Transfers(session, Transfers.FileOptions.DEFAULT);
            Files.createDirectories(directory);
            long start = System.nanoTime();
            try (Progress progress =
                    Progress.ofBytes(session.output().progress(), "checkpoint " + status.path(), status.sizeBytes())) {
                int threads = Math.max(1, Math.min(THREADS, status.shards().size()));
                Parallel.each(
                        "shard",
                        threads,
                        status.shards(),
                        shard -> PartFile.write(
                                directory.resolve(shard.name()),
                                overwrite,
                                out -> transfers.get(shard.path(), out, progress)));
            }
            done(session.output(), "fetched", status, System.nanoTime() - start);
            return ExitCode.OK;
        }
    }

    /** {@code swarm checkpoint ls}. */
    @Command(name = "ls", description = "List the complete steps of a series, the latest first.")
    static final class Steps extends GridCommand {
        @Parameters(paramLabel = "SERIES")
        private String series = "";

        @Override
        int run(Session session) {
            Output output = session.output();
            Table table = new Table(">STEP", ">SHARDS", ">SIZE", "COMMITTED", "METADATA");
            new Checkpoints(session).list(series, status -> {
                if (output.json()) {
                    output.document(status);
                } else {
                    table.row(
                            Long.toString(status.step()),
                            Integer.toString(status.shards().size()),
                            Units.bytes(status.sizeBytes()),
                            Units.time(status.committedMs()),
                            status.metadata() == null ? "" : Json.text(status.metadata()));
                }
            });
            if (!table.isEmpty()) {
                table.print(output.out());
            }
            return ExitCode.OK;
        }
    }

    /** {@code swarm checkpoint info}. */
    @Command(name = "info", description = "One step and its shards.")
    static final class Info extends GridCommand {
        @Parameters(index = "0", paramLabel = "SERIES")
        private String series = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "STEP", description = "A number; default latest")
        private String step = LATEST;

        @Override
        int run(Session session) {
            CheckpointStatus status = new Checkpoints(session).info(series, number(step));
            Output output = session.output();
            if (output.json()) {
                output.document(status);
                return ExitCode.OK;
            }
            Table head = new Table("", "")
                    .row("path", status.path())
                    .row("step", Long.toString(status.step()))
                    .row("size", Units.bytes(status.sizeBytes()))
                    .row("committed", Units.time(status.committedMs()));
            if (status.metadata() != null) {
                head.row("metadata", Json.text(status.metadata()));
            }
            head.print(output.out());
            output.line("");
            Table shards = new Table("SHARD", ">SIZE", "PATH");
            status.shards().forEach(shard -> shards.row(shard.name(), Units.bytes(shard.sizeBytes()), shard.path()));
            shards.print(output.out());
            return ExitCode.OK;
        }
    }

    /** {@code swarm checkpoint rm}. */
    @Command(name = "rm", description = "Remove one step.")
    static final class Remove extends GridCommand {
        @Parameters(index = "0", paramLabel = "SERIES")
        private String series = "";

        @Parameters(index = "1", paramLabel = "STEP")
        private long step;

        @Override
        int run(Session session) {
            new Checkpoints(session).remove(series, step);
            if (session.output().json()) {
                session.output().document(new Removed(true));
            }
            session.output().say("removed step " + step + " of " + series);
            return ExitCode.OK;
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** Null for the latest. */
    private static @Nullable Long number(String step) {
        if (step.equals(LATEST)) {
            return null;
        }
        try {
            return Long.valueOf(step);
        } catch (NumberFormatException e) {
            throw GridException.invalid("not a step: '" + step + "' (a number, or " + LATEST + ")");
        }
    }

    private static void done(Output output, String what, CheckpointStatus status, long nanos) {
        if (output.json()) {
            output.document(status);
        }
        output.say(String.format(
                Locale.ROOT,
                "%s %s, %d shards, %s in %s (%s)",
                what,
                status.path(),
                status.shards().size(),
                Units.bytes(status.sizeBytes()),
                Units.nanos(nanos),
                Units.bytesPerSecond(status.sizeBytes() / (nanos / 1e9))));
    }
}
