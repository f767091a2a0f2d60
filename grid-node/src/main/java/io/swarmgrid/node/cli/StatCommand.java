package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code swarm stat}: all that is known of an entry. */
@Command(name = "stat", description = "Show all that is known of entries.")
final class StatCommand extends GridCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    @Override
    int run(Session session) {
        Namespace namespace = new Namespace(session);
        for (String path : paths) {
            FileStatus status = namespace.status(path);
            if (session.output().json()) {
                session.output().document(status);
            } else {
                show(session.output(), status);
            }
        }
        return ExitCode.OK;
    }

    private static void show(Output output, FileStatus status) {
        Table table = new Table("", "");
        table.row("path", status.path());
        table.row("kind", status.kind().name().toLowerCase(Locale.ROOT));
        table.row("id", Long.toHexString(status.id()));
        if (status.kind() == EntryKind.FILE) {
            table.row("size", Units.bytes(status.sizeBytes()) + " (" + Units.count(status.sizeBytes()) + " bytes)");
            table.row("replicas", Integer.toString(status.replicas()));
            table.row("state", String.valueOf(status.state()));
        }
        table.row("version", Long.toString(status.version()));
        table.row("owner", status.owner());
        table.row("created", Units.time(status.createdMs()));
        table.row("modified", Units.time(status.modifiedMs()));
        table.print(output.out());
    }
}
