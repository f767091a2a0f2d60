package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.storage.namespace.StoragePolicy;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm setrep}: how many copies of files there should be. */
@Command(name = "setrep", description = "Set how many copies of files, and of all files below directories, there are.")
final class SetReplicationCommand extends GridCommand {
    private static final long POLL_MS = 500;

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "600",
            paramLabel = "SECONDS",
            description = "Wait until the blocks have so many copies, at most so long (600)")
    private int waitSeconds;

    @Parameters(index = "0", paramLabel = "N", description = "Copies, 1 to 16")
    private int replicas;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    @Override
    int run(Session session) throws InterruptedException {
        int copies = StoragePolicy.replicas(replicas); // before any file is touched
        Namespace namespace = new Namespace(session);
        long[] files = new long[1];
        try (Progress progress = Progress.ofItems(session.output().progress(), "setrep", 0, "files")) {
            Consumer<FileStatus> set = file -> {
                namespace.setReplication(file.path(), copies);
                files[0]++;
                progress.advance(1);
            };
            for (String path : paths) {
                each(namespace, path, set);
            }
        }
        boolean done = waitSeconds == 0 || await(session);
        if (session.output().json()) {
            session.output().document(Map.of("files", files[0], "replicas", replicas, "done", done && waitSeconds > 0));
        } else {
            session.output().say(Units.count(files[0]) + " files are to have " + replicas + " copies of each block");
        }
        return done ? ExitCode.OK : ExitCode.RETRY;
    }

    private static void each(Namespace namespace, String path, Consumer<FileStatus> set) {
        FileStatus status = namespace.status(path);
        if (status.kind() == EntryKind.FILE) {
            set.accept(status);
            return;
        }
        namespace.walk(path, entry -> {
            if (entry.kind() == EntryKind.FILE) {
                set.accept(entry);
            }
        });
    }

    private boolean await(Session session) throws InterruptedException {
        long deadline = System.nanoTime() + waitSeconds * 1_000_000_000L;
        Namespace namespace = new Namespace(session);
        try (Progress progress = Progress.ofItems(session.output().progress(), "copies", paths.size(), "paths")) {
            for (int done = 0; done < paths.size(); done++) {
                progress.at(done, paths.size(), paths.get(done));
                while (!isRight(namespace, paths.get(done))) {
                    if (System.nanoTime() > deadline) {
                        return false;
                    }
                    Thread.sleep(POLL_MS);
                }
            }
        }
        return true;
    }

    private boolean isRight(Namespace namespace, String path) {
        boolean[] right = {true};
        each(namespace, path, file -> right[0] = right[0] && isRight(namespace, file));
        return right[0];
    }

    private boolean isRight(Namespace namespace, FileStatus file) {
        return namespace.locate(file.path()).stream()
                .allMatch(
                        block -> block.holders().stream().filter(Holder::counts).count() == replicas);
    }
}
