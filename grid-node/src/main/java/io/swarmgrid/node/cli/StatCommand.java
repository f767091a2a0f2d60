package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.config.Durations;
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
        String ttl = status.attribute(PolicyAttributes.TTL);
        if (ttl != null) {
            table.row("ttl", status.kind() == EntryKind.FILE ? ttl + ", " + expiry(status, ttl) : ttl);
        }
        table.print(output.out());
    }

    /** One that came back from the trash stays longer: since when it is there again only the grid knows. */
    private static String expiry(FileStatus file, String ttl) {
        if ("open".equals(file.state())) {
            return "from when it is closed";
        }
        long sinceMs = Math.max(file.createdMs(), file.modifiedMs());
        return "expires after " + Units.time(sinceMs + Durations.parse(ttl).toMillis());
    }
}
