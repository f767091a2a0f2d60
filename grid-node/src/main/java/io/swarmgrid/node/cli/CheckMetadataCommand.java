package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingRow;
import io.swarmgrid.client.wire.MetadataCheckResult.MiscountedQuota;
import io.swarmgrid.client.wire.RecoverResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code swarm grid check}: whether the copies of the metadata are alike. */
@Command(
        name = "check",
        description = {
            "Compare the copies of the metadata (names, files, who holds which block) on all nodes with each other,"
                    + " and what quotas count with what is there.",
            "Exits with 0 where all are alike, 8 where some are not, 7 where some went on changing or could not be compared.",
            "The blocks themselves are checked by swarm fsck."
        })
final class CheckMetadataCommand extends GridCommand {
    private static final AwaitedRun<MetadataCheckResult> RUN = new AwaitedRun<>(
            "grid.check", "check", MetadataCheckResult.class, run -> new MetadataCheckRequest(null, run));

    @Option(
            names = "--repair",
            description =
                    "Give all copies what more than half of them have, row by row; nothing is removed. Quotas that are off are counted"
                            + " anew")
    private boolean repair;

    @Override
    int run(Session session) {
        Output output = session.output();
        MetadataCheckResult result = RUN.await(
                session,
                new MetadataCheckRequest(repair ? true : null, null),
                "partitions",
                (progress, now) -> progress.at(now.compared(), now.partitions(), now.phase()));
        if (output.json()) {
            output.document(result);
        } else {
            show(output, result);
        }
        if (!result.differing().isEmpty() || !result.quotas().isEmpty()) {
            return ExitCode.CORRUPT;
        }
        if (!result.state().equals(RecoverResult.DONE)) {
            return ExitCode.FAILED;
        }
        return result.compared() < result.partitions() ? ExitCode.RETRY : ExitCode.OK;
    }

    private void show(Output output, MetadataCheckResult result) {
        result.differing().forEach(each -> output.line(text(each)));
        result.left().forEach(each -> output.line(text(each)));
        result.quotas().forEach(each -> output.line(text(each)));
        long more = result.leftRows() - result.left().size();
        if (more > 0) {
            output.line("... and " + Units.count(more) + " more rows");
        }
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
                + (repair && result.leftRows() > 0
                        ? ", " + Units.count(result.leftRows())
                                + " rows left as they are: no value of theirs is in most of the copies"
                        : "")
                + (result.quotas().isEmpty() ? "" : ", " + result.quotas().size() + " quotas are OFF")
                + (result.recounted() > 0 ? ", " + result.recounted() + " quotas are counted anew" : "")
                + (unknown > 0 ? ", " + unknown + " went on changing or are on no node" : ""));
        if (!result.differing().isEmpty() && !repair) {
            output.say("swarm grid check --repair gives all copies what most of them have, and removes nothing");
        }
        if (!result.quotas().isEmpty() && !repair) {
            output.say("swarm grid check --repair has these quotas counted anew");
        }
    }

    private static String text(DifferingPartition found) {
        return "partition " + found.partition() + ": "
                + found.copies().stream()
                        .map(copy -> copy.node() + " " + Units.count(copy.rows()) + " rows after "
                                + Units.count(copy.updates()) + " changes (" + copy.digest() + ")")
                        .collect(Collectors.joining(", "));
    }

    private static String text(MiscountedQuota found) {
        List<String> off = new ArrayList<>();
        if (found.bytes() != 0) {
            off.add(Units.bytes(Math.abs(found.bytes())) + too(found.bytes()));
        }
        if (found.entries() != 0) {
            off.add(Units.count(Math.abs(found.entries())) + " entries" + too(found.entries()));
        }
        return "quota of " + found.path() + ": counts " + String.join(" and ", off);
    }

    private static String too(long many) {
        return many > 0 ? " too many" : " too few";
    }

    private static String text(DifferingRow found) {
        return "partition " + found.partition() + ", " + found.cache() + " " + found.key() + ": "
                + found.copies().stream()
                        .map(copy -> copy.node() + (copy.digest() == null ? " lacks it" : " has " + copy.digest()))
                        .collect(Collectors.joining(", "));
    }
}
