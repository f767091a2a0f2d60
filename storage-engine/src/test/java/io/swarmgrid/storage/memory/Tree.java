package io.swarmgrid.storage.memory;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Entries by path. Not thread-safe. */
final class Tree {
    private static final String HIDDEN_IN_ROOT = ".swarm";

    private final TreeMap<GridPath, Entry> entries = new TreeMap<>();
    private long ids = 1;

    Tree() {
        entries.put(GridPath.ROOT, made(EntryKind.DIRECTORY, new byte[0], "root", Map.of()));
    }

    Entry made(EntryKind kind, byte[] bytes, String owner, Map<String, String> attributes) {
        return new Entry(ids++, kind, bytes, 1, owner, attributes);
    }

    Optional<Entry> find(GridPath path) {
        return Optional.ofNullable(entries.get(path));
    }

    Entry at(GridPath path) {
        return find(path).orElseThrow(() -> GridException.notFound(path, null));
    }

    void put(GridPath path, Entry entry) {
        entries.put(path, entry);
    }

    /** All paths below a directory. */
    List<GridPath> below(GridPath directory) {
        return entries.keySet().stream()
                .filter(path -> path.startsWith(directory) && !path.equals(directory))
                .toList();
    }

    Listing list(GridPath directory, @Nullable String startAfter, int limit) {
        at(directory);
        List<FileStatus> page = new ArrayList<>();
        for (Map.Entry<GridPath, Entry> entry : entries.entrySet()) {
            GridPath path = entry.getKey();
            boolean hidden = directory.isRoot() && path.name().equals(HIDDEN_IN_ROOT);
            boolean passed = startAfter != null && path.name().compareTo(startAfter) <= 0;
            if (directory.equals(path.parent()) && !hidden && !passed) {
                if (page.size() == limit) {
                    return new Listing(page, page.get(limit - 1).path());
                }
                page.add(entry.getValue().status(path));
            }
        }
        return new Listing(page, null);
    }

    Entry makeDirectory(GridPath path, String owner, Parents parents) {
        Entry there = entries.get(path);
        if (there != null && (parents == Parents.REQUIRE || there.kind() == EntryKind.FILE)) {
            throw exists(path);
        }
        GridPath parent = path.parent();
        if (parent != null && parents == Parents.MAKE) {
            makeDirectory(parent, owner, parents);
        } else if (parent != null) {
            at(parent);
        }
        return entries.computeIfAbsent(path, any -> made(EntryKind.DIRECTORY, new byte[0], owner, Map.of()));
    }

    boolean remove(GridPath path) {
        return entries.keySet().removeIf(at -> at.startsWith(path));
    }

    /** Moves an entry and all below it, over whatever is there. */
    void move(GridPath source, GridPath target) {
        TreeMap<GridPath, Entry> moved = new TreeMap<>();
        entries.keySet().stream().filter(path -> path.startsWith(source)).forEach(path -> {
            List<String> names = new ArrayList<>(target.names());
            names.addAll(
                    path.names().subList(source.names().size(), path.names().size()));
            moved.put(new GridPath(names), at(path));
        });
        remove(source);
        entries.putAll(moved);
    }

    void publish(Publication publication) {
        GridPath target = publication.target();
        Entry there = entries.get(target);
        long version = there == null ? 1 : there.version() + 1;
        if (publication.mode() == PutMode.APPEND) {
            append(publication);
        } else {
            if (there != null && publication.mode() == PutMode.CREATE) {
                throw exists(target);
            }
            GridPath parent = target.parent();
            if (parent != null) {
                at(parent);
            }
            remove(target);
            move(publication.staged(), target);
        }
        put(target, at(target).published(publication.kind(), version, publication.attributes()));
    }

    private void append(Publication publication) {
        GridPath target = publication.target();
        if (at(target).version() != publication.expectedVersion()) {
            throw new GridException(ErrorCode.CONFLICT, "version moved: " + target);
        }
        List<GridPath> children = below(publication.staged()).stream()
                .filter(path -> publication.staged().equals(path.parent()))
                .toList();
        for (GridPath child : children) {
            if (entries.containsKey(target.child(child.name()))) {
                throw exists(target.child(child.name()));
            }
        }
        children.forEach(child -> move(child, target.child(child.name())));
        remove(publication.staged());
    }

    static GridException exists(GridPath path) {
        return new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + path);
    }
}
