package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One page of a directory, with the inodes of its entries. */
final class ListStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int SETTLING_ATTEMPTS = 20;
    private static final long SETTLING_PAUSE_NANOS = 100_000;
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
        ListedPages.Key key = new ListedPages.Key(directoryId, startAfter, limit);
        tables.requirePrimary(directoryId);
        byte[] listed = tables.listed().find(key);
        if (listed == null) {
            ListedPages.Reading reading = tables.listed().read();
            listed = read(tables, reading);
            reading.keep(key, listed);
        }
        return listed;
    }

    private byte[] read(Tables tables, ListedPages.Reading reading) {
        reading.from(tables.partition(directoryId));
        Inode directory = tables.inode(directoryId);
        // One more for the hidden name, one more to know whether this is the last page.
        List<NameIndex.Named> names = new ArrayList<>(tables.names(directoryId, startAfter, limit + 2));
        Guard guard = tables.guard(directoryId);
        if (directory == null || guard == null || directory.revision().version() != guard.version()) {
            throw new StaleException("removed or being published: " + path); // see Guard
        }
        if (directoryId == Ids.ROOT) {
            names.removeIf(named -> named.name().equals(HIDDEN_IN_ROOT));
        }
        boolean more = names.size() > limit;
        List<NameIndex.Named> page = more ? names.subList(0, limit) : names;
        List<Long> ids = page.stream().map(named -> named.dentry().inodeId()).toList();
        ids.forEach(id -> reading.from(tables.partition(id)));
        List<byte @Nullable []> inodes = tables.inodes(ids);
        RecordWriter out = new RecordWriter(128 + 192 * page.size()).flag(more).count(page.size());
        for (int i = 0; i < page.size(); i++) {
            NameIndex.Named named = page.get(i);
            byte[] inode = inodes.get(i);
            boolean whole = inode != null && Inode.decode(inode).isAt(directoryId, named.name());
            out.text(named.name()).fixed(named.dentry().inodeId());
            out.optionalOctets(whole ? inode : settled(tables, named));
        }
        return out.done();
    }

    /** The inode of a name that is being changed right now; null where the name goes. */
    private byte @Nullable [] settled(Tables tables, NameIndex.Named named) {
        for (int i = 0; i < SETTLING_ATTEMPTS; i++) {
            Dentry dentry = tables.dentry(directoryId, named.name());
            if (dentry == null || dentry.inodeId() != named.dentry().inodeId()) {
                return null;
            }
            byte[] inode = tables.raw(dentry.inodeId());
            if (inode != null && Inode.decode(inode).isAt(directoryId, named.name())) {
                return inode;
            }
            LockSupport.parkNanos(SETTLING_PAUSE_NANOS);
        }
        throw new StaleException("being changed");
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
