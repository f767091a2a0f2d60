package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adds up what lies below a path, and says where blocks are. */
final class Survey {
    private static final int KEYS_AT_ONCE = 1000;

    private final Runner runner;
    private final Nodes nodes;
    private final int metadataCopies;

    /** @param metadataCopies how many nodes keep an inlined file, where there are so many */
    Survey(Runner runner, Nodes nodes, int metadataCopies) {
        this.runner = runner;
        this.nodes = nodes;
        this.metadataCopies = metadataCopies;
    }

    /**
     * Directory by directory and page by page, depth first: in memory are the directories found beside the way down, of
     * one page a level.
     */
    Usage usage(FileStatus top) {
        Set<String> live = liveNames();
        int inlineCopies = Math.min(metadataCopies, live.size());
        if (top.kind() == EntryKind.FILE) {
            return new Usage(top.path(), 1, 0, top.sizeBytes(), storedBytes(top.id(), live, inlineCopies));
        }
        String[] names = live.toArray(new String[0]);
        long files = 0;
        long directories = 1;
        long sizeBytes = 0;
        long storedBytes = 0;
        Deque<Part> open = new ArrayDeque<>();
        open.push(new Part(top.id(), null));
        while (!open.isEmpty()) {
            Part part = open.pop();
            UsageStep step = new UsageStep(part.directoryId, part.startAfter, names, inlineCopies);
            UsageStep.Page page = Runner.untilFresh(() -> UsageStep.decode(runner.readPrimary(part.directoryId, step)));
            files += page.files();
            sizeBytes += page.sizeBytes();
            storedBytes += page.storedBytes();
            directories += page.directories().size();
            if (page.next() != null) {
                open.push(new Part(part.directoryId, page.next()));
            }
            page.directories().forEach(id -> open.push(new Part(id, null)));
        }
        return new Usage(top.path(), files, directories, sizeBytes, storedBytes);
    }

    /** A directory from a name on. */
    private record Part(long directoryId, @Nullable String startAfter) {}

    private long storedBytes(long fileId, Set<String> live, int inlineCopies) {
        FileLayout layout = LayoutStep.decode(runner.read(fileId, LayoutStep.byId(fileId)));
        if (layout.inline() != null) {
            return layout.lengthBytes() * inlineCopies;
        }
        return layout.blocks().stream()
                .mapToLong(block -> block.lengthBytes() * Holders.durable(block.holders(), live))
                .sum();
    }

    List<BlockLocation> locate(FileLayout layout) {
        List<BlockLocation> found = new ArrayList<>();
        for (int i = 0; i < layout.blocks().size(); i++) {
            found.add(location(layout.blocks().get(i), layout.usedBytes(i)));
        }
        return found;
    }

    /** Many keys at once are asked for by the engine itself: of every node those that it is the primary of, in one message. */
    Map<Long, List<BlockLocation>> locateAll(Collection<Long> fileIds) {
        Map<Long, List<BlockLocation>> found = new HashMap<>();
        for (List<Long> some : inParts(List.copyOf(fileIds))) {
            List<Wanted> wanted = new ArrayList<>();
            List<byte @Nullable []> inodes = runner.look(tables -> tables.inodes(some));
            for (int i = 0; i < some.size(); i++) {
                long fileId = some.get(i);
                byte[] inode = inodes.get(i);
                if (inode != null) {
                    List<BlockLocation> blocks = new ArrayList<>();
                    found.put(fileId, blocks);
                    Inode.Content content = Inode.decode(inode).content();
                    content.keys(fileId, content.readable())
                            .forEach(key -> wanted.add(new Wanted(key, content, blocks)));
                }
            }
            inParts(wanted).forEach(this::locate);
        }
        return found;
    }

    /** A block that is to be located for a file. */
    private record Wanted(BlockKey key, Inode.Content content, List<BlockLocation> found) {}

    private void locate(Collection<Wanted> some) {
        List<BlockKey> keys = some.stream().map(Wanted::key).toList();
        Iterator<byte @Nullable []> records =
                runner.look(tables -> tables.blocks(keys)).iterator();
        for (Wanted each : some) {
            byte[] record = records.next();
            if (record != null) { // null where it was reclaimed meanwhile
                BlockRecord block = each.content.placed(BlockCodec.decode(record));
                each.found.add(location(block, block.lengthBytes()));
            }
        }
    }

    private static <T> List<List<T>> inParts(List<T> all) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
            parts.add(all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE)));
        }
        return parts;
    }

    private BlockLocation location(BlockRecord block, long usedBytes) {
        return new BlockLocation(
                block.id().toString(),
                block.offset(),
                usedBytes,
                block.epoch(),
                block.replication(),
                block.holders().stream().map(this::holder).toList());
    }

    private Holder holder(Replica replica) {
        Optional<GridNodeInfo> node = nodes.find(replica.node());
        return new Holder(
                replica.node(),
                node.map(GridNodeInfo::zone).orElse(""),
                node.map(GridNodeInfo::location).orElse(""),
                replica.epoch(),
                node.isPresent(),
                replica.near() == null ? null : Keeping.name(replica.near()),
                replica.durable() ? null : true);
    }

    private Set<String> liveNames() {
        Set<String> names = new HashSet<>();
        nodes.live().forEach(node -> names.add(node.name()));
        return names;
    }
}
