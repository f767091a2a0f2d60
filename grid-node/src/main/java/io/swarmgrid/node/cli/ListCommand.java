package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm ls}: entries as they come, page by page, so that a directory of a million starts at once. */
@Command(name = "ls", description = "List directories.")
final class ListCommand extends GridCommand {
    @Option(names = "-l", description = "Kind, replicas, owner, size and time beside the name")
    private boolean details;

    @Option(
            names = {"-R", "-r", "--recursive"},
            description = "What lies below, too")
    private boolean recursive;

    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Default /")
    private List<String> paths = List.of("/");

    @Override
    int run(Session session) {
        Namespace namespace = new Namespace(session);
        Output output = session.output();
        boolean wholePaths = recursive || paths.size() > 1;
        Consumer<FileStatus> show = entry -> show(output, entry, wholePaths);
        for (String path : paths) {
            if (recursive) {
                namespace.walk(path, show);
            } else {
                namespace.list(path, show);
            }
        }
        return ExitCode.OK;
    }

    private void show(Output output, FileStatus entry, boolean wholePath) {
        if (output.json()) {
            output.document(entry);
            return;
        }
        String name =
                wholePath ? entry.path() : entry.path().substring(entry.path().lastIndexOf('/') + 1);
        String marked = entry.kind() == EntryKind.FILE ? name : name + "/";
        if (!details) {
            output.line(marked);
            return;
        }
        boolean file = entry.kind() == EntryKind.FILE;
        output.line(String.format(
                Locale.ROOT,
                "%-9s %3s  %-10s %9s  %s  %s%s",
                entry.kind().name().toLowerCase(Locale.ROOT),
                file ? "x" + entry.replicas() : "-",
                entry.owner(),
                file ? Units.bytes(entry.sizeBytes()) : "-",
                Units.time(entry.modifiedMs()),
                marked,
                "open".equals(entry.state()) ? "  (open)" : ""));
    }
}
