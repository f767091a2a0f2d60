package io.swarmgrid.node.demo;

import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.node.cli.Namespace;
import io.swarmgrid.node.cli.Session;
import java.util.ArrayList;
import java.util.List;

/** How many live copies blocks have, as the block records say, not as repair counts them. */
final class Copies {
    private final Namespace namespace;
    private final String lostNode;

    Copies(Session session, String lostNode) {
        this.namespace = new Namespace(session);
        this.lostNode = lostNode;
    }

    /** The fewest that any block below the path has; 0 where there is no block. */
    long fewestLiveCopies(String path) {
        List<FileStatus> files = new ArrayList<>();
        namespace.walk(path, files::add);
        return files.stream()
                .filter(file -> file.kind() == EntryKind.FILE)
                .flatMap(file -> namespace.locate(file.path()).stream())
                .mapToLong(this::liveCopies)
                .min()
                .orElse(0);
    }

    private long liveCopies(BlockLocation block) {
        return block.holders().stream()
                .filter(Holder::counts)
                .map(Holder::node)
                .filter(node -> !node.equals(lostNode))
                .distinct()
                .count();
    }
}
