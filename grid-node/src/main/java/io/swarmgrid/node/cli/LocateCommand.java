package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.Holder;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code swarm locate}: which nodes hold the blocks of files. */
@Command(name = "locate", description = "Show which nodes hold the blocks of files.")
final class LocateCommand extends GridCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    @Override
    int run(Session session) {
        Output output = session.output();
        Table table = new Table("PATH", ">OFFSET", ">SIZE", "BLOCK", "COPIES", "HOLDERS");
        for (String path : paths) {
            List<BlockLocation> blocks = new Namespace(session).locate(path);
            if (output.json()) {
                blocks.forEach(output::document);
                continue;
            }
            if (blocks.isEmpty()) {
                table.row(path, "0", "-", "-", "-", "(inline, in the metadata)");
            }
            for (BlockLocation block : blocks) {
                long live = block.holders().stream().filter(Holder::counts).count();
                table.row(
                        path,
                        Units.bytes(block.offset()),
                        Units.bytes(block.sizeBytes()),
                        block.blockId(),
                        live + " of " + block.replicas(),
                        block.holders().stream().map(LocateCommand::told).collect(Collectors.joining(", ")));
            }
        }
        if (!output.json()) {
            table.print(output.out());
        }
        return ExitCode.OK;
    }

    private static String told(Holder holder) {
        String near = holder.near() == null
                ? ""
                : holder.cached() == null ? " (+" + holder.near() + ")" : " (" + holder.near() + " only)";
        return holder.node() + near + (holder.live() ? "" : " (down)");
    }
}
