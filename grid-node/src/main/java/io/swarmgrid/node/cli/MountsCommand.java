package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.MountStatistics;
import io.swarmgrid.client.wire.OuterMount;
import picocli.CommandLine.Command;

/** {@code swarm mounts}. */
@Command(
        name = "mounts",
        description = {
            "List the outer stores that are attached, and what was read of each through the node that answers.",
            "What it could not read itself it had from the node that has it from the store for all."
        })
final class MountsCommand extends GridCommand {
    @Override
    int run(Session session) {
        Output output = session.output();
        Table table = new Table("PATH", "URI", ">HITS", ">MISSES", ">NEAR", ">FROM NODES", ">FROM STORE");
        for (OuterMount mount : new Namespace(session).mounts()) {
            if (output.json()) {
                output.document(mount);
                continue;
            }
            MountStatistics read = mount.statistics();
            table.row(
                    mount.path(),
                    mount.uri(),
                    Units.count(read.hits()),
                    Units.count(read.misses()),
                    Units.bytes(read.nearBytes()),
                    Units.bytes(read.nodeBytes()),
                    Units.bytes(read.storeBytes()));
            if (mount.problem() != null) {
                output.warn(mount.path() + ": " + mount.problem());
            }
        }
        if (!table.isEmpty()) {
            table.print(output.out());
        }
        return ExitCode.OK;
    }
}
