package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.CheckRequest;
import io.swarmgrid.client.wire.CheckResult;
import io.swarmgrid.client.wire.CheckResult.BlockProblem;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm fsck}: whether every copy of every block is there. */
@Command(
        name = "fsck",
        description = {
            "Check files, their blocks, and the copies of these on their nodes.",
            "Exits with 0 where all is well, 8 where bytes are damaged or missing, 7 where only copies are lacking."
        })
final class FsckCommand extends GridCommand {
    private static final int PAGE_FILES = 200;

    @Option(names = "--verify", description = "Read every copy from end to end")
    private boolean verify;

    @Option(names = "--repair", description = "Give up bad copies where a good one is left, so that they are made anew")
    private boolean repair;

    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Default /")
    private List<String> paths = List.of("/");

    private long files;
    private long blocks;
    private long sizeBytes;
    private long lacking;
    private long missing;
    private long corrupt;
    private long badCopies;
    private long repaired;

    @Override
    int run(Session session) {
        Output output = session.output();
        try (Progress progress = Progress.ofItems(output.progress(), "fsck", 0, "files")) {
            for (String path : paths) {
                check(session, path, progress);
            }
        }
        if (output.json()) {
            output.document(summary());
        } else {
            output.line(Units.count(files) + " files, " + Units.bytes(sizeBytes) + ", " + Units.count(blocks)
                    + " blocks: " + verdict());
        }
        if (missing + corrupt > 0) {
            return ExitCode.CORRUPT;
        }
        return lacking + badCopies > 0 ? ExitCode.RETRY : ExitCode.OK;
    }

    private void check(Session session, String path, Progress progress) {
        String token = null;
        do {
            CheckRequest ask = new CheckRequest(path, verify, repair, PAGE_FILES, token);
            CheckResult page = session.call("fs.check", ask, CheckResult.class);
            files += page.files();
            blocks += page.blocks();
            sizeBytes += page.sizeBytes();
            lacking += page.underReplicatedBlocks();
            missing += page.missingBlocks();
            corrupt += page.corruptBlocks();
            badCopies += page.badCopies();
            repaired += page.repairedCopies();
            progress.advance(page.files());
            page.problems().forEach(problem -> show(session.output(), problem));
            token = page.nextPageToken();
        } while (token != null);
    }

    private static void show(Output output, BlockProblem problem) {
        if (output.json()) {
            output.document(problem);
            return;
        }
        String copies = problem.copies().stream()
                .map(copy ->
                        copy.node() + " " + copy.state() + (copy.detail() == null ? "" : " (" + copy.detail() + ")"))
                .collect(Collectors.joining(", "));
        output.line(problem.path() + ": block " + problem.blockId() + " at " + Units.count(problem.offset()) + ", "
                + Units.bytes(problem.sizeBytes()) + ": " + problem.problem().replace('_', ' ') + ", "
                + problem.replicas()
                + " wanted: " + (copies.isEmpty() ? "no copies" : copies));
    }

    private Map<String, Object> summary() {
        Map<String, Object> summary = new TreeMap<>();
        summary.put("files", files);
        summary.put("blocks", blocks);
        summary.put("size_bytes", sizeBytes);
        summary.put("under_replicated_blocks", lacking);
        summary.put("missing_blocks", missing);
        summary.put("corrupt_blocks", corrupt);
        summary.put("bad_copies", badCopies);
        summary.put("repaired_copies", repaired);
        summary.put("healthy", missing + corrupt + lacking + badCopies == 0);
        return summary;
    }

    private String verdict() {
        if (missing + corrupt + lacking + badCopies == 0) {
            return "all is well";
        }
        return Units.count(corrupt) + " corrupt, " + Units.count(missing) + " missing, " + Units.count(lacking)
                + " lack copies, " + Units.count(badCopies) + " bad copies"
                + (repaired > 0 ? ", " + Units.count(repaired) + " of them given up, to be made anew" : "");
    }
}
