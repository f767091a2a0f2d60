package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.cache.Cache;
import org.apache.ignite.Ignite;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.jspecify.annotations.Nullable;

/** What must hold of the rows while nobody changes them: names and inodes are one tree, and nothing else is there. */
final class TreeAudit {
    private final Map<Long, Map<String, Dentry>> names = new HashMap<>();
    private final Set<Long> guards = new HashSet<>();
    private final Map<Long, Inode> inodes = new HashMap<>();
    private final Map<Long, String> reached = new HashMap<>();

    private TreeAudit(Ignite ignite) {
        rows(ignite, NamespaceCaches.DENTRIES, (String key, byte[] value) -> {
            int slash = key.indexOf('/');
            long directory = Long.parseUnsignedLong(key.substring(0, slash), 16);
            if (slash + 1 == key.length()) {
                guards.add(directory);
            } else {
                names.computeIfAbsent(directory, none -> new TreeMap<>())
                        .put(key.substring(slash + 1), Dentry.decode(value));
            }
        });
        rows(ignite, NamespaceCaches.INODES, (Long id, byte[] value) -> {
            if (Ids.isInode(id)) {
                inodes.put(id, Inode.decode(value));
            }
        });
    }

    /**
     * Every inode is reached from the root once at most, by the name that it says itself, and what is not reached is about to be
     * taken back.
     *
     * @return the paths by inode
     */
    static Map<Long, String> assertTree(Ignite ignite) {
        TreeAudit audit = new TreeAudit(ignite);
        audit.reach(Ids.ROOT, "");
        Set<Long> lost = new HashSet<>(audit.inodes.keySet());
        lost.removeAll(audit.reached.keySet());
        Set<Long> trash = new HashSet<>();
        rows(ignite, NamespaceCaches.TRASH, (Long id, byte[] value) -> trash.add(id));
        lost.removeIf(id -> audit.isBelow(id, trash));
        assertThat(lost).as("inodes without a name that nobody takes back").isEmpty();
        return audit.reached;
    }

    /** Nothing is there but what is reached. To be asked for once all that was removed is taken back. */
    static void assertNothingLeft(Ignite ignite) {
        TreeAudit audit = new TreeAudit(ignite);
        audit.reach(Ids.ROOT, "");
        Set<Long> reached = audit.reached.keySet();
        assertThat(audit.inodes.keySet()).as("inodes").isEqualTo(reached);
        assertThat(reached).as("directories that hold names").containsAll(audit.names.keySet());
        assertThat(reached).as("directories with a guard").containsAll(audit.guards);
        rows(ignite, NamespaceCaches.TRASH, (Long id, byte[] value) -> assertThat(id)
                .as("trash")
                .isNull());
        rows(ignite, NamespaceCaches.INLINE, (Long id, byte[] value) -> assertThat(reached)
                .as("small files")
                .contains(id));
        rows(ignite, NamespaceCaches.BLOCKS, (String key, byte[] value) -> assertThat(reached)
                .as("files of blocks")
                .contains(Long.parseUnsignedLong(key.substring(0, key.indexOf(':')), 16)));
    }

    /** The whole tree as a node shows it: kinds, ids and states by path. */
    static Map<String, String> shown(IgniteNamespace node) {
        Map<String, String> shown = new TreeMap<>();
        List<GridPath> open = new ArrayList<>(List.of(GridPath.ROOT));
        while (!open.isEmpty()) {
            GridPath directory = open.remove(open.size() - 1);
            String last = null;
            do {
                Listing page = node.files().list(directory, last, 100);
                for (FileStatus entry : page.entries()) {
                    shown.put(
                            entry.path(),
                            entry.kind() + " " + Long.toHexString(entry.id()) + " " + entry.state() + " "
                                    + entry.sizeBytes());
                    if (entry.kind() == EntryKind.DIRECTORY) {
                        open.add(GridPath.parse(entry.path()));
                    }
                }
                last = page.nextPageToken();
            } while (last != null);
        }
        return shown;
    }

    private void reach(long id, String path) {
        String other = reached.put(id, path);
        assertThat(other).as("inode %x is at %s and at another path", id, path).isNull();
        Inode inode = inodes.get(id);
        assertThat(inode).as("the inode of %s", path).isNotNull();
        if (!isDirectory(inode)) {
            assertThat(names).as("a file holds no names: %s", path).doesNotContainKey(id);
            return;
        }
        assertThat(guards).as("guard of %s", path).contains(id);
        names.getOrDefault(id, Map.of()).forEach((name, dentry) -> {
            Inode child = inodes.get(dentry.inodeId());
            assertThat(child).as("the inode of %s/%s", path, name).isNotNull();
            assertThat(isAt(child, id, name))
                    .as("%s/%s says that it is where it is", path, name)
                    .isTrue();
            reach(dentry.inodeId(), path + "/" + name);
        });
    }

    private static boolean isDirectory(@Nullable Inode inode) {
        return inode != null && !inode.isFile();
    }

    private static boolean isAt(@Nullable Inode inode, long parent, String name) {
        return inode != null && inode.isAt(parent, name);
    }

    /** Whether it, or a directory above it, is in the trash. */
    private boolean isBelow(long id, Set<Long> trash) {
        long at = id;
        for (int i = 0; i <= inodes.size(); i++) {
            Inode inode = inodes.get(at);
            if (trash.contains(at)) {
                return true;
            }
            if (inode == null || at == Ids.ROOT) {
                return false;
            }
            at = inode.link().parentId();
        }
        throw new AssertionError("directory " + Long.toHexString(id) + " is below itself");
    }

    private interface Row<K> {
        void take(K key, byte[] value);
    }

    /** @param <K> {@code Long}, or {@code String} for keys of other classes as they show themselves */
    @SuppressWarnings("unchecked")
    private static <K> void rows(Ignite ignite, String cache, Row<K> each) {
        try (QueryCursor<Cache.Entry<Object, byte[]>> all =
                ignite.<Object, byte[]>cache(cache).query(new ScanQuery<>())) {
            for (Cache.Entry<Object, byte[]> row : all) {
                Object key = row.getKey() instanceof Long id ? id : row.getKey().toString();
                each.take((K) key, row.getValue());
            }
        }
    }
}
