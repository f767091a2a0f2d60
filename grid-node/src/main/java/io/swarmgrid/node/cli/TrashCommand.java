package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.TrashEntry;
import io.swarmgrid.config.Durations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm trash}: what was removed, and is kept for {@code storage.trash-grace}. */
@Command(
        name = "trash",
        description = "Show, bring back, or give up what was removed or replaced; it is kept for storage.trash-grace.",
        subcommands = {TrashCommand.Show.class, TrashCommand.Restore.class, TrashCommand.Empty.class})
final class TrashCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name one of: ls, restore, empty");
    }

    /** {@code swarm trash ls}. */
    @Command(name = "ls", description = "List it, the latest last. Of a directory only itself, not what was in it.")
    static final class Show extends GridCommand {
        /** More are shown as they come. */
        private static final int MAX_SORTED = 100_000;

        @Parameters(arity = "0..1", paramLabel = "PATH", description = "Only what was there or below; default /")
        private @Nullable String path;

        @Override
        int run(Session session) {
            Output output = session.output();
            List<TrashEntry> found = new ArrayList<>();
            new Namespace(session).trash(path, entry -> {
                found.add(entry);
                if (found.size() == MAX_SORTED) {
                    show(output, found);
                    found.clear();
                }
            });
            show(output, found);
            return ExitCode.OK;
        }

        private static void show(Output output, List<TrashEntry> found) {
            found.sort(Comparator.comparingLong(TrashEntry::removedMs));
            if (output.json()) {
                found.forEach(output::document);
                return;
            }
            Table table = new Table("REMOVED", "KEPT UNTIL", "ID", "KIND", ">SIZE", "PATH");
            for (TrashEntry each : found) {
                FileStatus entry = each.entry();
                boolean file = entry.kind() == EntryKind.FILE;
                table.row(
                        Units.time(each.removedMs()),
                        Units.time(each.untilMs()),
                        String.valueOf(entry.id()),
                        entry.kind().name().toLowerCase(Locale.ROOT),
                        file ? Units.bytes(entry.sizeBytes()) : "-",
                        entry.path());
            }
            if (!table.isEmpty()) {
                table.print(output.out());
            }
        }
    }

    /** {@code swarm trash restore}. */
    @Command(
            name = "restore",
            description = {
                "Bring back the entry that was removed from PATH last, or a certain one, with all that was in it.",
                "Where something else is in its place by now, --to brings it back elsewhere."
            })
    static final class Restore extends GridCommand {
        @Parameters(arity = "0..1", paramLabel = "PATH", description = "Where it was")
        private @Nullable String path;

        @Option(names = "--id", paramLabel = "ID", description = "A certain one, as swarm trash ls shows it")
        private @Nullable Long id;

        @Option(names = "--to", paramLabel = "PATH", description = "Where it is to be; default where it was")
        private @Nullable String to;

        @Override
        int run(Session session) {
            if ((path == null) == (id == null)) {
                throw misuse("name either the PATH that it was at, or its --id");
            }
            Namespace namespace = new Namespace(session);
            FileStatus restored = namespace.restoreTrash(id == null ? latest(namespace, path) : id, to);
            if (session.output().json()) {
                session.output().document(restored);
            } else {
                session.output().say("restored " + restored.path());
            }
            return ExitCode.OK;
        }

        private static long latest(Namespace namespace, @Nullable String asked) {
            String wanted = GridPath.parse(String.valueOf(asked)).toString();
            AtomicReference<@Nullable TrashEntry> latest = new AtomicReference<>();
            namespace.trash(wanted, entry -> {
                TrashEntry before = latest.get();
                boolean isLater = before == null || entry.removedMs() >= before.removedMs();
                if (isLater && entry.entry().path().equals(wanted)) {
                    latest.set(entry);
                }
            });
            TrashEntry found = latest.get();
            if (found == null) {
                throw new GridException(
                        ErrorCode.NOT_FOUND,
                        "not in the trash: " + wanted,
                        wanted,
                        "swarm trash ls shows what is; of a directory that was removed with all that was in it, only itself",
                        null);
            }
            return found.entry().id();
        }
    }

    /** {@code swarm trash empty}. */
    @Command(
            name = "empty",
            description =
                    "Give up what is in it: its bytes are taken back now, and it cannot be brought back any more.")
    static final class Empty extends GridCommand {
        @Parameters(arity = "0..1", paramLabel = "PATH", description = "Only what was there or below; default /")
        private @Nullable String path;

        @Option(
                names = "--older-than",
                paramLabel = "TIME",
                description = "Only what was removed so long ago: 5m, 12h, 7d")
        private @Nullable String age;

        @Override
        int run(Session session) {
            Long ageMs = age == null ? null : Durations.parse(age).toMillis();
            long entries = new Namespace(session).emptyTrash(path, ageMs);
            if (session.output().json()) {
                session.output().document(Map.of("entries", entries));
            } else {
                session.output().say("gave up " + Units.count(entries) + (entries == 1 ? " entry" : " entries"));
            }
            return ExitCode.OK;
        }
    }
}
