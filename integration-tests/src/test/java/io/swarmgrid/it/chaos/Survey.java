package io.swarmgrid.it.chaos;

import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileBlocks;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.it.chaos.judge.EndState;
import io.swarmgrid.it.chaos.judge.EndState.Block;
import io.swarmgrid.it.chaos.judge.EndState.Copy;
import io.swarmgrid.it.chaos.judge.EndState.DiskFile;
import io.swarmgrid.it.chaos.judge.EndState.Entry;
import io.swarmgrid.it.chaos.judge.EndState.Left;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Looks at all there is: the namespace through the grid, the disks by themselves, what has no name by the numbers of the nodes. */
final class Survey {
    private static final int PAGE_ENTRIES = 500;

    private final Arena arena;
    private final List<Entry> entries = new ArrayList<>();
    private final List<DiskFile> disk = new ArrayList<>();
    private final List<String> strays = new ArrayList<>();
    private final SortedMap<String, Long> leases = new TreeMap<>();
    private final SortedMap<String, Long> sessions = new TreeMap<>();

    private Survey(Arena arena) {
        this.arena = arena;
    }

    /** @param unreadable paths that are listed and could not be read, and why */
    static EndState of(Arena arena, Map<String, String> unreadable) throws IOException {
        Survey survey = new Survey(arena);
        // The disks first: what is written is recorded after it is there, and nobody writes.
        for (NodeProcess node : arena.nodes()) {
            TierFiles files = TierFiles.of(arena.blocks(node));
            for (Path block : files.blocks()) {
                survey.disk.add(new DiskFile(copy(node.name(), block), block.toString()));
            }
            files.strays().forEach(file -> survey.strays.add(file.toString()));
            Metrics metrics = Metrics.of(node);
            survey.leases.put(node.name(), Math.max(metrics.number("swarm_writers"), metrics.number("swarm_leases")));
            survey.sessions.put(node.name(), metrics.number("swarm_sessions"));
        }
        survey.walk("/");
        List<String> problems = new ArrayList<>(
                arena.check(false).stream().map(Object::toString).toList());
        problems.addAll(arena.checkMetadata());
        Left left = new Left(survey.strays, survey.leases, survey.sessions);
        return new EndState(survey.entries, survey.disk, left, problems, unreadable);
    }

    private void walk(String path) {
        String token = null;
        do {
            Listing page = arena.client().action("fs.list", new ListRequest(path, PAGE_ENTRIES, token), Listing.class);
            page.entries().forEach(this::visit);
            token = page.nextPageToken();
        } while (token != null);
    }

    private void visit(FileStatus status) {
        if (status.kind() == EntryKind.FILE) {
            FileBlocks blocks = arena.client().action("fs.locate", new PathRequest(status.path()), FileBlocks.class);
            entries.add(new Entry(
                    status.path(),
                    Objects.requireNonNullElse(status.state(), "without a state"),
                    blocks.blocks().stream().map(Survey::block).toList()));
        } else {
            boolean dataset = status.kind() == EntryKind.DATASET;
            entries.add(new Entry(status.path(), dataset ? Entry.DATASET : Entry.DIRECTORY, List.of()));
            walk(status.path());
        }
    }

    private static Block block(BlockLocation location) {
        return new Block(
                location.blockId(),
                location.replicas(),
                location.holders().stream()
                        .filter(holder -> holder.cached() == null)
                        .map(holder -> new Copy(holder.node(), location.blockId(), holder.epoch()))
                        .toList());
    }

    private static Copy copy(String node, Path file) {
        String name = file.getFileName().toString();
        int dot = name.indexOf('.');
        return new Copy(node, name.substring(0, dot), Long.parseLong(name.substring(dot + 1)));
    }
}
