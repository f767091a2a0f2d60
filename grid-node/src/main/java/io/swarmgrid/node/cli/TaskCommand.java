package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm task}: programs that run where their data lies. */
@Command(
        name = "task",
        description = "Run programs where their data lies.",
        subcommands = {
            TaskCommand.Run.class,
            TaskCommand.Status.class,
            TaskCommand.Listing.class,
            TaskCommand.Cancel.class,
            TaskCommand.Result.class
        })
final class TaskCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name one of: run, status, ls, cancel, result");
    }

    /** {@code swarm task run}. */
    @Command(
            name = "run",
            description = {
                "Run a program on every partition file of a dataset, or on every file of a directory.",
                "It reads its part on standard input (Arrow stream; of a plain file the bytes) and answers an Arrow"
                        + " stream on standard output.",
                "Example: swarm task run /datasets/flights --columns origin,delay --wait -- python3 stats.py"
            })
    static final class Run extends GridCommand {
        @Parameters(
                index = "0",
                paramLabel = "INPUT",
                description = "Path of a dataset, a file or a directory of files")
        private String input = "";

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "PROGRAM",
                description = "After --, with its arguments")
        private List<String> command = List.of();

        @Option(names = "--columns", split = ",", paramLabel = "NAME", description = "Only these, of a dataset")
        private @Nullable List<String> columns;

        @Option(names = "--env", paramLabel = "NAME=VALUE", description = "A variable for the program")
        private @Nullable Map<String, String> environment;

        @Option(names = "--priority", paramLabel = "N", description = "Higher goes first; default 0")
        private @Nullable Integer priority;

        @Option(names = "--attempts", paramLabel = "N", description = "Of each split; default 3")
        private @Nullable Integer attempts;

        @Option(names = "--attempt-timeout", paramLabel = "SECONDS", description = "Of one attempt; default none")
        private @Nullable Double timeoutSeconds;

        @Option(names = "--wait", description = "Wait for the end")
        private boolean wait;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Wait, and write the result: .arrow, .csv or .jsonl")
        private @Nullable Path output;

        @Option(
                names = {"-f", "--overwrite"},
                description = "Replace the output file")
        private boolean overwrite;

        @Override
        int run(Session session) throws Exception {
            Tasks tasks = new Tasks(session);
            TaskStatus status = tasks.submit(new TaskSpec(
                    command,
                    input,
                    columns,
                    priority,
                    timeoutSeconds == null ? null : Math.max(1, Math.round(timeoutSeconds * 1000)),
                    attempts,
                    environment,
                    null));
            Output out = session.output();
            if (!wait && output == null) {
                if (out.json()) {
                    out.document(status);
                } else {
                    out.line(status.id());
                }
                return ExitCode.OK;
            }
            try (Progress progress =
                    Progress.ofItems(out.progress(), "task " + status.id(), status.splitsTotal(), "splits")) {
                status = tasks.await(status.id(), progress);
            }
            if (status.state() == TaskState.SUCCEEDED && output != null) {
                save(session, status.id(), output);
            }
            return ended(out, status);
        }

        private void save(Session session, String id, Path file) throws IOException {
            String name = file.toString().toLowerCase(Locale.ROOT);
            String form =
                    name.endsWith(".csv") ? "csv" : name.endsWith("json") || name.endsWith(".jsonl") ? "json" : "arrow";
            PartFile.write(file, overwrite, channel -> {
                try (PrintStream out = new PrintStream(
                        new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20),
                        false,
                        StandardCharsets.UTF_8)) {
                    print(session, id, form, out);
                }
            });
        }
    }

    /** {@code swarm task status}. */
    @Command(name = "status", description = "One task and its splits.")
    static final class Status extends GridCommand {
        @Parameters(paramLabel = "ID")
        private String id = "";

        @Override
        int run(Session session) {
            TaskStatus status = new Tasks(session).status(id);
            if (session.output().json()) {
                session.output().document(status);
            } else {
                show(session.output(), status);
            }
            return ExitCode.OK;
        }
    }

    /** {@code swarm task ls}. */
    @Command(name = "ls", description = "List tasks, the latest first.")
    static final class Listing extends GridCommand {
        @Option(
                names = {"-n", "--limit"},
                paramLabel = "N",
                description = "At most so many; default 50")
        private int limit = 50;

        @Override
        int run(Session session) {
            Output output = session.output();
            Table table = new Table("ID", "STATE", ">SPLITS", "SUBMITTED", ">TOOK", "INPUT", "PROGRAM");
            new Tasks(session).list(limit, status -> {
                if (output.json()) {
                    output.document(status);
                } else {
                    table.row(
                            status.id(),
                            word(status.state()),
                            status.splitsDone() + "/" + status.splitsTotal(),
                            Units.time(status.submittedMs()),
                            took(status),
                            status.spec().input(),
                            shortened(String.join(" ", status.spec().command())));
                }
            });
            if (!table.isEmpty()) {
                table.print(output.out());
            }
            return ExitCode.OK;
        }
    }

    /** {@code swarm task cancel}. */
    @Command(name = "cancel", description = "End a task; its programs are killed.")
    static final class Cancel extends GridCommand {
        @Parameters(paramLabel = "ID")
        private String id = "";

        @Override
        int run(Session session) {
            TaskStatus status = new Tasks(session).cancel(id);
            if (session.output().json()) {
                session.output().document(status);
            }
            session.output().say("task " + id + " is " + word(status.state()));
            return ExitCode.OK;
        }
    }

    /** {@code swarm task result}. */
    @Command(name = "result", description = "Write what a task answered to standard output.")
    static final class Result extends GridCommand {
        @Parameters(paramLabel = "ID")
        private String id = "";

        @Option(names = "--format", description = "table, csv, json, arrow or arrow-stream")
        private @Nullable String format;

        @Override
        int run(Session session) throws IOException {
            String form = format != null ? format : session.output().json() ? "json" : "table";
            print(session, id, form, session.output().out());
            return ExitCode.OK;
        }
    }

    private static void print(Session session, String id, String form, PrintStream out) throws IOException {
        try (BatchPrinter printer = BatchPrinter.of(form, out, session.allocator());
                Progress silent = Progress.ofItems(Progress.Style.silent(out), id, 0, "rows")) {
            new Tables(session).print(new Tasks(session).result(id), Long.MAX_VALUE, printer, silent);
        }
    }

    private static int ended(Output output, TaskStatus status) {
        boolean good = status.state() == TaskState.SUCCEEDED;
        if (output.json()) {
            output.document(status);
        } else if (good) {
            output.say("task " + status.id() + " succeeded: " + status.splitsDone() + " splits, " + status.splitsLocal()
                    + " of them where their bytes lie, in " + took(status));
        } else {
            output.warn("task " + status.id() + " " + word(status.state()) + ": " + status.error());
        }
        return good ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void show(Output output, TaskStatus status) {
        Table head = new Table("", "")
                .row("id", status.id())
                .row("state", word(status.state()))
                .row("program", String.join(" ", status.spec().command()))
                .row("input", status.spec().input())
                .row("submitted", Units.time(status.submittedMs()))
                .row("took", took(status))
                .row(
                        "splits",
                        status.splitsDone() + " of " + status.splitsTotal() + " done, " + status.splitsLocal()
                                + " of them where their bytes lie");
        if (status.error() != null) {
            head.row("error", Errors.firstLine(status.error()));
        }
        head.print(output.out());
        if (status.splits() == null) {
            return;
        }
        output.line("");
        Table table = new Table(
                ">SPLIT", "NAME", "STATE", "NODE", "LOCAL", ">ATTEMPTS", ">ROWS", ">SIZE", ">OUTPUT", ">TOOK", "ERROR");
        for (TaskStatus.SplitStatus split : status.splits()) {
            table.row(
                    Integer.toString(split.index()),
                    split.name(),
                    word(split.state()),
                    split.node() == null ? "-" : split.node(),
                    split.node() == null ? "-" : split.local() ? "yes" : "no",
                    Integer.toString(split.attempts()),
                    Units.count(split.rows()),
                    Units.bytes(split.sizeBytes()),
                    Units.bytes(split.outputBytes()),
                    Units.nanos(split.durationMs() * 1_000_000),
                    split.error() == null ? "" : shortened(split.error().replace('\n', ' ')));
        }
        table.print(output.out());
    }

    private static String word(TaskState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String took(TaskStatus status) {
        if (status.startedMs() == 0) {
            return "-";
        }
        long end = status.finishedMs() > 0 ? status.finishedMs() : System.currentTimeMillis();
        return Units.nanos(Math.max(0, end - status.startedMs()) * 1_000_000);
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
