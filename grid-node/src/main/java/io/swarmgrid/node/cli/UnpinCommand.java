package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PolicyAttributes;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code swarm unpin}: the opposite of {@code swarm pin}. */
@Command(name = "unpin", description = "Keep no near copies any more of a file, or of what is in a directory.")
final class UnpinCommand extends GridCommand {
    @Parameters(paramLabel = "PATH")
    private String path = "";

    @Override
    int run(Session session) {
        Namespace namespace = new Namespace(session);
        FileStatus entry = namespace.status(path);
        namespace.unpin(path); // before what is below, so that nothing is pinned that is made meanwhile
        long[] files = new long[1];
        if (entry.kind() == EntryKind.FILE) {
            files[0] = 1;
        } else {
            try (Progress progress = Progress.ofItems(session.output().progress(), "unpin", 0, "files")) {
                namespace.walkHere(path, each -> {
                    if (each.attribute(PolicyAttributes.PIN) != null) {
                        namespace.unpin(each.path());
                        if (each.kind() == EntryKind.FILE) {
                            files[0]++;
                            progress.advance(1);
                        }
                    }
                });
            }
        }
        if (session.output().json()) {
            session.output().document(Map.of("path", entry.path(), "files", files[0]));
        } else {
            session.output()
                    .say("unpinned " + entry.path() + ": " + Units.count(files[0])
                            + (files[0] == 1 ? " file" : " files"));
        }
        return ExitCode.OK;
    }
}
