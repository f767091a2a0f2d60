package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.MountStatistics;
import io.swarmgrid.client.wire.OuterMount;
import io.swarmgrid.client.wire.OuterMounts;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code swarm mounts}. */
@Command(
        name = "mounts",
        description = {
            "List the outer stores that are attached, and what was read of each through all nodes since they started.",
            "What a node has from another one, that one had from the store for all."
        })
final class MountsCommand extends GridCommand {
    @Override
    int run(Session session) {
        Output output = session.output();
        Table table =
                new Table("PATH", "URI", "MODE", ">HITS", ">MISSES", ">NEAR", ">FROM NODES", ">FROM STORE", ">EVICTED");
        OuterMounts mounts = new Namespace(session).mounts();
        for (OuterMount mount : mounts.mounts()) {
            if (output.json()) {
                output.document(mount);
                continue;
            }
            MountStatistics read = mount.statistics();
            table.row(
                    mount.path(),
                    mount.uri(),
                    mount.writes() ? "write-through" : "read",
                    Units.count(read.hits()),
                    Units.count(read.misses()),
                    Units.bytes(read.nearBytes()),
                    Units.bytes(read.nodeBytes()),
                    Units.bytes(read.storeBytes()),
                    Units.count(read.evictions()));
            if (mount.problem() != null) {
                output.warn(mount.path() + ": " + mount.problem());
            }
        }
        if (!table.isEmpty()) {
            table.print(output.out());
        }
        List<String> silent = mounts.silent();
        if (silent != null && !silent.isEmpty()) {
            output.warn("without what was read through " + String.join(", ", silent) + ", which did not answer");
        }
        return ExitCode.OK;
    }
}
