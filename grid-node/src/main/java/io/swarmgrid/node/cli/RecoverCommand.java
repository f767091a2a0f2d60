package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.RecoverRequest;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RecoverResult.Counts;
import io.swarmgrid.client.wire.RecoverResult.NodeShare;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the names of a grid anew that has lost all of its metadata. */
@Command(
        name = "recover",
        description = {
            "Make the metadata of a grid anew after every node has lost it, from block files and journals of names.",
            "Start every node with --recover first. Repeatable, and may be broken off; until --finish nothing else changes."
        })
final class RecoverCommand extends GridCommand {
    private static final AwaitedRun<RecoverResult> RUN = new AwaitedRun<>(
            "grid.recover", "recover", RecoverResult.class, run -> new RecoverRequest(null, null, run));

    @Option(names = "--dry-run", description = "Only say what would be there")
    private boolean dryRun;

    @Option(
            names = "--finish",
            description =
                    "End the recovery after this run: the grid takes changes again, and what was not found is lost")
    private boolean finish;

    @Override
    int run(Session session) throws InterruptedException {
        if (dryRun && finish) {
            throw misuse("--dry-run and --finish exclude each other");
        }
        Output output = session.output();
        RecoverResult result = RUN.await(session, new RecoverRequest(dryRun ? true : null, finish ? true : null, null));
        if (output.json()) {
            output.document(result);
        } else {
            show(output, result);
        }
        if (!result.state().equals(RecoverResult.DONE)) {
            return ExitCode.FAILED;
        }
        return result.counts().missingBlocks() > 0 ? ExitCode.CORRUPT : ExitCode.OK;
    }

    private void show(Output output, RecoverResult result) {
        if (!result.state().equals(RecoverResult.DONE)) {
            output.line("recovery " + result.state() + ": " + result.phase());
            return;
        }
        for (NodeShare node : result.nodes()) {
            output.line(node.node() + ": " + Units.count(node.blocks()) + " blocks, " + Units.count(node.records())
                    + " records of names"
                    + (node.damagedRecords() > 0
                            ? ", " + Units.count(node.damagedRecords()) + " places of which are damaged"
                            : ""));
        }
        result.problems().forEach(problem -> output.line(text(problem)));
        if (result.moreProblems() > 0) {
            output.line(
                    "... and " + Units.count(result.moreProblems()) + " more; swarm fsck / names what lacks blocks");
        }
        Counts counts = result.counts();
        output.line((dryRun ? "would be there: " : "there now: ") + Units.count(counts.files()) + " files, "
                + Units.bytes(counts.sizeBytes()) + ", " + Units.count(counts.directories()) + " directories; "
                + (counts.brokenFiles() == 0
                        ? "every file is whole"
                        : Units.count(counts.brokenFiles()) + " files lack " + Units.count(counts.missingBlocks())
                                + " blocks"));
        if (!result.recovering()) {
            output.say("the recovery is finished: the grid takes changes");
        } else if (!dryRun) {
            output.say("the grid takes no changes yet: look at it, then swarm recover --finish");
        }
    }

    static String text(Problem problem) {
        String block = problem.blockId();
        Long offset = problem.offset();
        Long sizeBytes = problem.sizeBytes();
        return problem.path() + ": " + problem.problem().replace('_', ' ')
                + (block == null ? "" : " " + block)
                + (offset == null ? "" : " at " + Units.count(offset))
                + (sizeBytes == null ? "" : ", " + Units.bytes(sizeBytes))
                + (problem.detail() == null ? "" : ": " + problem.detail());
    }
}
