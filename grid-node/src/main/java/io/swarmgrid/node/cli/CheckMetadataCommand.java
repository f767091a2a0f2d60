package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.RecoverResult;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code swarm grid check}: whether the copies of the metadata are alike. */
@Command(
        name = "check",
        description = {
            "Compare the copies of the metadata (names, files, who holds which block) on all nodes with each other.",
            "Exits with 0 where all are alike, 8 where some are not, 7 where some went on changing or could not be compared.",
            "The blocks themselves are checked by swarm fsck."
        })
final class CheckMetadataCommand extends GridCommand {
    @Option(names = "--repair", description = "Give copies that differ what most of them have")
    private boolean repair;

    @Override
    int run(Session session) {
        Output output = session.output();
        MetadataCheckResult result = ask(session, new MetadataCheckRequest(repair ? true : null, null));
        try (Progress progress = Progress.ofItems(output.progress(), "check", result.partitions(), "partitions")) {
            while (result.state().equals(RecoverResult.RUNNING)) {
                progress.at(result.compared(), result.partitions(), result.phase());
                result = ask(session, new MetadataCheckRequest(null, result.run()));
            }
        }
        if (output.json()) {
            output.document(result);
        } else {
            show(output, result);
        }
        if (!result.differing().isEmpty()) {
            return ExitCode.CORRUPT;
        }
        if (!result.state().equals(RecoverResult.DONE)) {
            return ExitCode.FAILED;
        }
        return result.compared() < result.partitions() ? ExitCode.RETRY : ExitCode.OK;
    }

    private static MetadataCheckResult ask(Session session, MetadataCheckRequest request) {
        return session.call("grid.check", request, MetadataCheckResult.class);
    }

    private void show(Output output, MetadataCheckResult result) {
        result.differing().forEach(each -> output.line(text(each)));
        if (!result.state().equals(RecoverResult.DONE)) {
            output.line("check " + result.state() + ": " + result.phase());
            return;
        }
        int unknown = result.partitions() - result.compared();
        output.line(Units.count(result.rows()) + " rows of metadata in " + result.partitions() + " partitions: "
                + (result.differing().isEmpty()
                        ? "the copies are alike"
                        : result.differing().size() + " partitions DIFFER")
                + (result.repaired() > 0 ? ", " + result.repaired() + " repaired" : "")
                + (unknown > 0 ? ", " + unknown + " went on changing or are on no node" : ""));
        if (!result.differing().isEmpty() && !repair) {
            output.say("swarm grid check --repair gives them what most of the copies have");
        }
    }

    private static String text(DifferingPartition found) {
        return "partition " + found.partition() + ": "
                + found.copies().stream()
                        .map(copy -> copy.node() + " " + Units.count(copy.rows()) + " rows after "
                                + Units.count(copy.updates()) + " changes (" + copy.digest() + ")")
                        .collect(Collectors.joining(", "));
    }
}
