package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of a directory, with the inodes of its entries. */
final class ListStep extends Step {
    private static final long serialVersionUID = 1L;
    static final String HIDDEN_IN_ROOT = ".swarm";

    private final long directoryId;
    private final String path;
    private final @Nullable String startAfter;
    private final int limit;

    ListStep(long directoryId, String path, @Nullable String startAfter, int limit) {
        this.directoryId = directoryId;
        this.path = path;
        this.startAfter = startAfter;
        this.limit = limit;
    }

    @Override
    byte[] run(Tables tables) {
        // One more for the hidden name, one more to know whether this is the last page.
        List<NameIndex.Named> names = new ArrayList<>(tables.names(directoryId, startAfter, limit + 2));
        if (names.isEmpty() && tables.guard(directoryId) == null) {
            throw Problems.notFound(path);
        }
        if (directoryId == Ids.ROOT) {
            names.removeIf(named -> named.name().equals(HIDDEN_IN_ROOT));
        }
        boolean more = names.size() > limit;
        List<NameIndex.Named> page = more ? names.subList(0, limit) : names;
        List<byte @Nullable []> inodes = tables.inodes(
                page.stream().map(named -> named.dentry().inodeId()).toList());
        RecordWriter out = new RecordWriter(128 + 192 * page.size()).flag(more).count(page.size());
        for (int i = 0; i < page.size(); i++) {
            NameIndex.Named named = page.get(i);
            out.text(named.name()).fixed(named.dentry().inodeId()).optionalOctets(inodes.get(i));
        }
        return out.done();
    }

    static Listing decode(byte[] bytes, GridPath directory) {
        RecordReader in = new RecordReader(bytes);
        boolean more = in.flag();
        int size = in.size();
        String prefix = directory.isRoot() ? "/" : directory + "/";
        List<FileStatus> entries = new ArrayList<>(size);
        String last = null;
        for (int i = 0; i < size; i++) {
            last = in.text();
            long id = in.fixed();
            byte[] inode = in.optionalOctets();
            if (inode != null) {
                entries.add(Inode.decode(inode).status(prefix + last, id));
            }
        }
        return new Listing(entries, more ? last : null);
    }
}
