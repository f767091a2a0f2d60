package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.BackupInfo;
import io.swarmgrid.client.wire.BackupList;
import io.swarmgrid.client.wire.BackupQuery;
import io.swarmgrid.client.wire.BackupRequest;
import io.swarmgrid.client.wire.BackupResult;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RestoreRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes backups of the metadata, lists and checks them, and brings back what they have. */
@Command(
        name = "backup",
        description = {
            "Write a backup of the metadata: all names, and where blocks are; not the blocks themselves.",
            "Each node writes its part, of one moment of the whole grid, while everything goes on."
        })
final class BackupCommand extends GridCommand {
    private static final AwaitedRun<RecoverResult> RESTORE = new AwaitedRun<>(
            "grid.restore", "restore", RecoverResult.class, run -> new RestoreRequest(null, null, null, run));

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description =
                    "Where, the same absolute path on every node, shared or not; default backup.directory of each")
    private @Nullable String directory;

    @Option(names = "--name", paramLabel = "NAME", description = "Of the backup to be made; default the time")
    private @Nullable String name;

    @Option(names = "--keep", paramLabel = "N", description = "Then delete all in DIR but the latest N")
    private @Nullable Integer keep;

    @Option(names = "--list", description = "Only show what is there")
    private boolean list;

    @Option(names = "--verify", paramLabel = "NAME", description = "Only read that backup from end to end")
    private @Nullable String verify;

    @Option(
            names = "--restore",
            paramLabel = "NAME",
            description =
                    "Bring back what that backup has; what came later stays, in /lost+found where its name is taken")
    private @Nullable String restore;

    @Option(names = "--dry-run", description = "With --restore: only say what would be done")
    private boolean dryRun;

    @Override
    int run(Session session) {
        if ((list ? 1 : 0)
                        + (verify == null ? 0 : 1)
                        + (restore == null ? 0 : 1)
                        + (name == null && keep == null ? 0 : 1)
                > 1) {
            throw misuse("--list, --verify, --restore, and --name and --keep exclude each other");
        }
        if (dryRun && restore == null) {
            throw misuse("--dry-run goes with --restore");
        }
        if (restore != null) {
            return restore(session, new RestoreRequest(restore, directory, dryRun ? true : null, null));
        }
        if (list) {
            return list(session);
        }
        return verify == null
                ? make(session, new BackupRequest(name, directory, keep, null))
                : verify(session, new BackupRequest(verify, directory, null, null));
    }

    private int list(Session session) {
        Output output = session.output();
        BackupList found = session.call("grid.backups", new BackupQuery(directory), BackupList.class);
        if (output.json()) {
            output.document(found);
            return ExitCode.OK;
        }
        Table table = new Table("NAME", "MADE", ">FILES", ">DIRECTORIES", ">SIZE", "PARTS", "");
        for (BackupInfo backup : found.backups()) {
            table.row(
                    backup.name(),
                    Units.time(backup.createdMs()),
                    Units.count(backup.files()),
                    Units.count(backup.directories()),
                    Units.bytes(backup.storedBytes()),
                    String.join(
                            ",",
                            backup.parts().stream().map(BackupInfo.Part::node).toList()),
                    state(backup));
        }
        if (table.isEmpty()) {
            output.say("no backup is found" + (directory == null ? "" : " in " + directory));
        } else {
            table.print(output.out());
        }
        return ExitCode.OK;
    }

    private static String state(BackupInfo backup) {
        if (backup.missingParts().isEmpty()) {
            return "";
        }
        return (backup.whole() ? "not found: " : "INCOMPLETE without ") + String.join(",", backup.missingParts());
    }

    private int make(Session session, BackupRequest request) {
        Output output = session.output();
        BackupResult result = await(session, "grid.backup", request);
        if (output.json()) {
            output.document(result);
        } else if (result.state().equals(BackupResult.DONE) && result.backup() != null) {
            show(output, result.backup());
            if (!result.removed().isEmpty()) {
                output.line("deleted: " + String.join(", ", result.removed()));
            }
        } else {
            output.warn("no backup was made: " + result.phase());
        }
        return result.state().equals(BackupResult.DONE) ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void show(Output output, BackupInfo backup) {
        output.line("backup " + backup.name() + ": " + Units.count(backup.files()) + " files, "
                + Units.count(backup.directories()) + " directories; " + Units.bytes(backup.storedBytes())
                + " written, of " + Units.time(backup.createdMs()));
        for (BackupInfo.Part part : backup.parts()) {
            output.line("  " + part.node() + ": " + part.path()
                    + (part.besideData() ? "  (on the disk of its own metadata: lost with it)" : ""));
        }
        List<BackupInfo.Part> parts = backup.parts();
        if (!parts.isEmpty() && parts.stream().allMatch(BackupInfo.Part::besideData)) {
            output.say(
                    "every part lies beside what it is a backup of: it helps against mistakes, not against lost disks;"
                            + " swarm backup DIR writes it elsewhere");
        }
    }

    private int verify(Session session, BackupRequest request) {
        Output output = session.output();
        BackupResult result = await(session, "grid.check_backup", request);
        BackupInfo backup = result.backup();
        boolean whole = backup != null && backup.whole() && result.problems().isEmpty();
        if (output.json()) {
            output.document(result);
        } else if (!result.state().equals(BackupResult.DONE) || backup == null) {
            output.warn("the backup could not be read: " + result.phase());
        } else {
            result.problems().forEach(output::line);
            backup.missingParts().forEach(node -> output.line("part of node " + node + ": not found"));
            output.line("backup " + backup.name() + ": "
                    + (whole
                            ? "whole: " + Units.count(backup.files()) + " files, " + Units.count(backup.directories())
                                    + " directories"
                            : "DAMAGED"));
        }
        if (!result.state().equals(BackupResult.DONE)) {
            return ExitCode.FAILED;
        }
        return whole ? ExitCode.OK : ExitCode.CORRUPT;
    }

    private int restore(Session session, RestoreRequest request) {
        Output output = session.output();
        RecoverResult result = RESTORE.await(session, request);
        boolean done = result.state().equals(RecoverResult.DONE);
        if (output.json()) {
            output.document(result);
        } else if (done) {
            show(output, request, result);
        } else {
            output.warn("not restored: " + result.phase()
                    + (result.recovering() ? "; the grid takes no changes until the restore is run again" : ""));
        }
        if (!done) {
            return ExitCode.FAILED;
        }
        return result.counts().missingBlocks() > 0 ? ExitCode.CORRUPT : ExitCode.OK;
    }

    private static void show(Output output, RestoreRequest request, RecoverResult result) {
        RecoverResult.Counts counts = result.counts();
        result.problems().forEach(problem -> output.line(RecoverCommand.text(problem)));
        if (result.moreProblems() > 0) {
            output.line(
                    "... and " + Units.count(result.moreProblems()) + " more; swarm fsck / names what lacks blocks");
        }
        boolean dry = Boolean.TRUE.equals(request.dryRun());
        output.line((dry ? "would be there: " : "there now: ") + Units.count(counts.files()) + " files, "
                + Units.bytes(counts.sizeBytes()) + ", " + Units.count(counts.directories()) + " directories"
                + (counts.brokenFiles() == 0
                        ? ""
                        : "; " + Units.count(counts.brokenFiles()) + " that were brought back lack "
                                + Units.count(counts.missingBlocks()) + " blocks")
                + (counts.relocatedEntries() == 0
                        ? ""
                        : "; " + Units.count(counts.relocatedEntries()) + " that came later "
                                + (dry ? "would be" : "are") + " in /lost+found"));
        if (!dry) {
            output.say("restored: the grid takes changes");
        }
    }

    private static BackupResult await(Session session, String action, BackupRequest request) {
        return new AwaitedRun<>(action, "backup", BackupResult.class, run -> new BackupRequest(null, null, null, run))
                .await(session, request);
    }
}
