package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Pinned;
import io.swarmgrid.client.wire.PolicyAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm pin}: near copies of files are kept, whatever else is read. */
@Command(
        name = "pin",
        description = {
            "Keep near copies of a file, or of all files below a directory and of those made there from now on.",
            "Refused where the tiers cannot hold them. With --list: show what is pinned, what of it is there, and why not all."
        })
final class PinCommand extends GridCommand {
    private static final long POLL_MS = 500;
    private static final String ROOT = "/";

    @Option(names = "--list", description = "Show what is pinned at PATH and below; default /")
    private boolean list;

    @Option(
            names = "--tier",
            paramLabel = "TIER",
            description = "What they are to lie on: mem, ssd or hdd; default: the fastest there is")
    private @Nullable String tier;

    @Option(
            names = "--copies",
            paramLabel = "N",
            description = "Of each block, each on another node, 1 to 16; default 1")
    private @Nullable Integer copies;

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "600",
            paramLabel = "SECONDS",
            description = "Wait until they are there, at most so long (600)")
    private int waitSeconds;

    @Parameters(arity = "0..1", paramLabel = "PATH")
    private @Nullable String path;

    @Override
    int run(Session session) throws InterruptedException {
        Namespace namespace = new Namespace(session);
        if (list) {
            if (tier != null || copies != null || waitSeconds != 0) {
                throw misuse("--list changes nothing: leave --tier, --copies and --wait away");
            }
            new PinReport(namespace).below(path == null ? ROOT : path).show(session.output());
            return ExitCode.OK;
        }
        if (path == null) {
            throw misuse("name the PATH that is to be pinned, or ask for --list");
        }
        Pinned pinned = namespace.pin(path, tier, copies == null ? 1 : copies, null);
        long files = pinned.entry().kind() == EntryKind.FILE ? 1 : below(session, namespace, pinned);
        boolean done =
                waitSeconds == 0 || await(session, namespace, pinned.entry().path());
        tell(session.output(), pinned, files, done);
        return done ? ExitCode.OK : ExitCode.RETRY;
    }

    /** The directory has it by now, so that what is made meanwhile is pinned, too. */
    private static long below(Session session, Namespace namespace, Pinned pinned) {
        String root = pinned.entry().path();
        String wanted = pinned.tier() + ":" + pinned.copies();
        long[] files = new long[1];
        try (Progress progress = Progress.ofItems(session.output().progress(), "pin", 0, "files")) {
            namespace.walkHere(root, entry -> {
                if (!wanted.equals(entry.attribute(PolicyAttributes.PIN)) || entry.kind() == EntryKind.FILE) {
                    namespace.pin(entry.path(), pinned.tier(), pinned.copies(), root);
                }
                if (entry.kind() == EntryKind.FILE) {
                    files[0]++;
                    progress.advance(1);
                }
            });
        }
        return files[0];
    }

    private boolean await(Session session, Namespace namespace, String root) throws InterruptedException {
        long deadline = System.nanoTime() + waitSeconds * 1_000_000_000L;
        try (Progress progress = Progress.ofBytes(session.output().progress(), "near copies", 0)) {
            while (true) {
                PinReport report = new PinReport(namespace).below(root);
                progress.at(report.thereBytes(), report.wantedBytes(), root);
                if (report.thereBytes() >= report.wantedBytes()) {
                    return true;
                }
                if (System.nanoTime() > deadline) {
                    return false;
                }
                Thread.sleep(POLL_MS);
            }
        }
    }

    private static void tell(Output output, Pinned pinned, long files, boolean done) {
        FileStatus entry = pinned.entry();
        if (output.json()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("path", entry.path());
            document.put("tier", pinned.tier());
            document.put("copies", pinned.copies());
            document.put("files", files);
            document.put("size_bytes", pinned.sizeBytes());
            document.put("done", done);
            output.document(document);
            return;
        }
        String near = pinned.copies() == 1 ? "a near copy" : pinned.copies() + " near copies";
        output.say(Units.count(files) + (files == 1 ? " file is" : " files are") + " to have " + near
                + " of each block on " + pinned.tier() + ": " + entry.path()
                + (done ? "" : ", and some are not there yet"));
    }
}
