package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.LoadRequest;
import io.swarmgrid.client.wire.LoadResult;
import io.swarmgrid.client.wire.LoadResult.MissingRange;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.RecoverResult;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm load}: what lies below a path is brought near to one node, once. */
@Command(
        name = "load",
        description = {
            "Bring all blocks of a file, or of all files below a directory, near to one node, where its reads find them.",
            "There they stay as long as nothing that is written, or read more, needs the room; swarm pin keeps them for good."
                    + " Refused where the tier cannot take all of it.",
            "Exits with 0 where all of it is there; else says which ranges are missing and why, and exits with 8 where"
                    + " their bytes are damaged everywhere, else with 7.",
            "Interrupted, the load goes on: --status shows it, --stop ends it. A node is at one load at a time."
        })
final class LoadCommand extends GridCommand {
    private static final long NANOS = 1_000_000_000L;
    private static final AwaitedRun<LoadResult> RUN =
            new AwaitedRun<>("cache.load", "load", LoadResult.class, run -> new LoadRequest(null, null, run, null));

    @Option(
            names = "--on",
            paramLabel = "NODE",
            description = "To which node; default: the one that answers, the first of --grid that is there")
    private @Nullable String node;

    @Option(
            names = "--tier",
            paramLabel = "TIER",
            description =
                    "What it is to lie on: mem, ssd or hdd, or a faster one where it lies there already; default: the"
                            + " fastest that the node has")
    private @Nullable String tier;

    @Option(names = "--no-wait", description = "Only begin it")
    private boolean noWait;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "How long to wait at most; without it, until the load has ended")
    private @Nullable Integer waitSeconds;

    @Option(names = "--status", description = "Show how far the last load of the node is, or what it came to")
    private boolean status;

    @Option(names = "--stop", description = "End the load that the node is at; what has come stays")
    private boolean stop;

    @Parameters(arity = "0..1", paramLabel = "PATH")
    private @Nullable String path;

    @Override
    int run(Session session) {
        if (status && stop) {
            throw misuse("--status and --stop exclude each other");
        }
        if (status || stop) {
            if (path != null || tier != null) {
                throw misuse("--status and --stop are of the load that a node is at: leave PATH and --tier away");
            }
        } else if (path == null) {
            throw misuse("name the PATH that is to be loaded, or ask for --status or --stop");
        }
        if (node == null) {
            return run(session, session.addresses().size() > 1);
        }
        try (Session at = session.at(location(session, node))) {
            return run(at, false);
        }
    }

    /** @param several whether the next call may be another node's, which knows nothing of the load */
    private int run(Session session, boolean several) {
        LoadResult begun = RUN.begin(session, new LoadRequest(path, tier, null, stop ? true : null));
        LoadResult result = begun;
        if (begun.state().equals(RecoverResult.RUNNING) && !noWait && !status && !stop) {
            if (several) {
                try (Session at = session.at(location(session, begun.node()))) {
                    result = await(at, begun);
                }
            } else {
                result = await(session, begun);
            }
        }
        return tell(session.output(), result);
    }

    private static String location(Session session, String name) {
        return GridStateCommand.status(session).nodes().stream()
                .filter(each -> each.name().equals(name))
                .map(NodeStatus::location)
                .findFirst()
                .orElseThrow(() -> new GridException(
                        ErrorCode.NOT_FOUND, "no such node: " + name, null, "swarm grid nodes lists them", null));
    }

    private LoadResult await(Session session, LoadResult begun) {
        Output output = session.output();
        Thread word = new Thread(() -> output.warn(goesOn(begun)), "load-goes-on");
        Runtime.getRuntime().addShutdownHook(word);
        try (Progress progress = Progress.ofBytes(output.progress(), "load", 0)) {
            return RUN.follow(session, begun, waits(progress));
        } finally {
            forget(word);
        }
    }

    private Predicate<LoadResult> waits(Progress progress) {
        Integer seconds = waitSeconds;
        long deadline = System.nanoTime() + (seconds == null ? Long.MAX_VALUE / 2 : seconds * NANOS);
        return now -> {
            progress.at(now.sizeBytes(), now.totalSizeBytes(), counts(now) + ", " + now.phase());
            return System.nanoTime() - deadline < 0;
        };
    }

    /** Where the command is just being interrupted it is to be said. */
    private static void forget(Thread word) {
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(word);
        } catch (IllegalStateException e) {
            // It is saying so.
        }
    }

    private int tell(Output output, LoadResult result) {
        boolean running = result.state().equals(RecoverResult.RUNNING);
        String code = result.code();
        if (output.json()) {
            output.document(result);
        } else if (code != null && !stop) {
            throw new GridException(ErrorCode.valueOf(code), result.phase(), result.path(), result.hint(), null);
        } else if (code != null) {
            output.say(result.phase());
        } else if (running) {
            output.say(counts(result) + ", " + Units.bytes(result.sizeBytes()) + " of "
                    + Units.bytes(result.totalSizeBytes()) + " are there: " + result.path());
            output.say(stop ? "it ends when the blocks that are on their way have come" : goesOn(result));
        } else {
            show(output, result);
        }
        if (running) {
            return noWait || status || stop ? ExitCode.OK : ExitCode.RETRY;
        }
        if (code != null) {
            return stop && code.equals(ErrorCode.CANCELLED.name()) ? ExitCode.OK : ExitCode.of(ErrorCode.valueOf(code));
        }
        if (result.missing().stream().anyMatch(range -> range.code().equals(ErrorCode.CORRUPT_DATA.name()))) {
            return ExitCode.CORRUPT;
        }
        return result.missingBlocks() > 0 ? ExitCode.RETRY : ExitCode.OK;
    }

    private static void show(Output output, LoadResult result) {
        result.missing().forEach(range -> output.line(text(range)));
        if (result.moreMissing() > 0) {
            output.line("... and " + Units.count(result.moreMissing()) + " more ranges");
        }
        String place = " on " + result.tier() + " of " + result.node() + ": " + result.path();
        if (result.missingBlocks() > 0) {
            output.line(Units.bytes(result.missingBytes()) + " of " + Units.bytes(result.totalSizeBytes())
                    + " are MISSING" + place + ", in " + Units.count(result.missingBlocks()) + " of "
                    + Units.count(result.totalBlocks()) + " blocks");
        } else {
            output.say(Units.count(result.files()) + (result.files() == 1 ? " file" : " files") + ", "
                    + Units.bytes(result.sizeBytes()) + " in " + Units.count(result.blocks())
                    + (result.blocks() == 1 ? " block" : " blocks") + place + "; "
                    + Units.bytes(result.broughtBytes()) + " were brought");
        }
        if (result.changed()) {
            output.warn("files were made, written or removed there meanwhile: load it again to have what came later");
        }
    }

    private static String text(MissingRange range) {
        return range.path() + ": " + Units.count(range.sizeBytes()) + " bytes from " + Units.count(range.offset())
                + " on: " + range.why();
    }

    private static String counts(LoadResult now) {
        return Units.count(now.files()) + " of " + Units.count(now.totalFiles()) + " files, "
                + Units.count(now.blocks()) + " of " + Units.count(now.totalBlocks()) + " blocks";
    }

    private static String goesOn(LoadResult running) {
        String command = "swarm load --on " + running.node();
        return "the load goes on; " + command + " --status shows it, " + command + " --stop ends it";
    }
}
