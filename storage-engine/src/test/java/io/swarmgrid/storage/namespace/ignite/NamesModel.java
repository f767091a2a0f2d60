package io.swarmgrid.storage.namespace.ignite;

import static io.swarmgrid.storage.namespace.ignite.FoundRecords.NOW;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.inode;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.record;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.value;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.journal.NameRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Directories and files that are made, renamed and removed, and what is written down of that. */
final class NamesModel {
    private final Random random;
    private final Map<Long, Inode> inodes = new HashMap<>();
    private final List<NameRecord> history = new ArrayList<>();
    private final Map<Long, Long> latest = new HashMap<>();
    private long nextId = 2000;

    NamesModel(Random random) {
        this.random = random;
    }

    void change() {
        long parent = directory();
        String name = "n" + random.nextInt(12);
        boolean free = inodes.values().stream().noneMatch(inode -> inode.link().equals(new Inode.Link(parent, name)));
        Long victim = any();
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (free) {
                    put(nextId++, inode(EntryKind.DIRECTORY, parent, name, 1, 1, null));
                }
            }
            case 2 -> {
                if (free) {
                    put(nextId++, inode(EntryKind.FILE, parent, name, 1, 1, null));
                }
            }
            case 3, 4 -> {
                if (free && victim != null && !isWithin(parent, victim)) {
                    put(victim, at(victim).linked(parent, name).changed());
                }
            }
            default -> {
                if (victim != null) {
                    remove(victim);
                }
            }
        }
    }

    /** Only the top of what is removed is written down: what is below it is taken back later. */
    private void remove(long id) {
        history.add(NameRecord.removed(id, NOW));
        latest.put(id, Long.MAX_VALUE);
        List<Long> below =
                inodes.keySet().stream().filter(each -> isWithin(each, id)).toList();
        below.forEach(inodes::remove);
    }

    private void put(long id, Inode inode) {
        inodes.put(id, inode);
        latest.put(id, inode.revision().changes());
        history.add(record(id, value(inode, List.of())));
    }

    /** What was written down, in order. */
    List<NameRecord> history() {
        return List.copyOf(history);
    }

    boolean isStale(NameRecord record) {
        return latest.getOrDefault(record.id(), 0L) != record.stamp();
    }

    private boolean isWithin(long id, long ancestor) {
        for (long at = id; at != Ids.ROOT; at = at(at).link().parentId()) {
            if (at == ancestor) {
                return true;
            }
        }
        return false;
    }

    Map<String, Long> paths() {
        Map<String, Long> paths = new TreeMap<>();
        inodes.forEach((id, inode) -> paths.put(path(id), id));
        return paths;
    }

    private String path(long id) {
        return id == Ids.ROOT
                ? ""
                : path(at(id).link().parentId()) + "/" + at(id).link().name();
    }

    private Inode at(long id) {
        return java.util.Objects.requireNonNull(inodes.get(id));
    }

    private long directory() {
        List<Long> directories = inodes.entrySet().stream()
                .filter(each -> !each.getValue().isFile())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        int at = random.nextInt(directories.size() + 1);
        return at == directories.size() ? Ids.ROOT : directories.get(at);
    }

    private @Nullable Long any() {
        List<Long> ids = inodes.keySet().stream().sorted().toList();
        return ids.isEmpty() ? null : ids.get(random.nextInt(ids.size()));
    }
}
