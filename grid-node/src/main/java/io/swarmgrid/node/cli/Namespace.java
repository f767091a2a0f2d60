package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Attach;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.Concat;
import io.swarmgrid.client.wire.Detach;
import io.swarmgrid.client.wire.EmptyTrash;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileBlocks;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.NearRoom;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.OuterMounts;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.PinRequest;
import io.swarmgrid.client.wire.Pinned;
import io.swarmgrid.client.wire.QuotaChange;
import io.swarmgrid.client.wire.QuotaListing;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.RestoreTrash;
import io.swarmgrid.client.wire.SetAttribute;
import io.swarmgrid.client.wire.SetReplication;
import io.swarmgrid.client.wire.TrashEmptied;
import io.swarmgrid.client.wire.TrashEntry;
import io.swarmgrid.client.wire.TrashListing;
import io.swarmgrid.client.wire.TrashQuery;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.storage.namespace.Mounts;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The calls of the namespace, listings page by page. What changes something carries an id, so that it happens once. */
public final class Namespace {
    private static final int PAGE_ENTRIES = 1000;

    private final Session session;

    public Namespace(Session session) {
        this.session = session;
    }

    public FileStatus status(String path) {
        return session.call("fs.stat", new PathRequest(path), FileStatus.class);
    }

    /** The status, or null where there is nothing. */
    @Nullable
    FileStatus statusOrNull(String path) {
        try {
            return status(path);
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Hands over the entries of a directory in order of name; of a file, the file itself. */
    public void list(String path, Consumer<FileStatus> each) {
        try {
            pages(path, each);
        } catch (GridException e) {
            if (e.code() != ErrorCode.NOT_A_DIRECTORY) {
                throw e;
            }
            each.accept(status(path));
        }
    }

    /** The entries below a directory, a directory before what is in it. */
    public void walk(String path, Consumer<FileStatus> each) {
        list(path, entry -> {
            each.accept(entry);
            if (entry.kind() != EntryKind.FILE) {
                walk(entry.path(), each);
            }
        });
    }

    /** The same without mounts of outer stores, and what is in them. */
    void walkHere(String path, Consumer<FileStatus> each) {
        list(path, entry -> {
            if (isMount(entry)) {
                return;
            }
            each.accept(entry);
            if (entry.kind() != EntryKind.FILE) {
                walkHere(entry.path(), each);
            }
        });
    }

    static boolean isMount(FileStatus entry) {
        return entry.attribute(Mounts.ATTRIBUTE) != null;
    }

    /** Makes a directory and those above it that are missing. */
    public void makeDirectories(String path) {
        makeDirectory(path, true);
    }

    void makeDirectory(String path, boolean parents) {
        session.call("fs.mkdir", new MakeDirectory(path, parents), FileStatus.class);
    }

    /** Removes a file or an empty directory. */
    public void remove(String path) {
        remove(path, false, false);
    }

    /** Removes an entry with all that is below it. */
    public void removeTree(String path) {
        remove(path, true, false);
    }

    /** @param skipTrash whether it cannot be had back */
    void remove(String path, boolean recursive, boolean skipTrash) {
        session.call("fs.remove", new Remove(path, recursive, skipTrash, newOperationId()), Removed.class);
    }

    /** Hands over what was removed from a path or below it, page by page. */
    void trash(@Nullable String path, Consumer<TrashEntry> each) {
        String token = null;
        do {
            TrashListing page = session.call("fs.trash", new TrashQuery(path, PAGE_ENTRIES, token), TrashListing.class);
            page.entries().forEach(each);
            token = page.nextPageToken();
        } while (token != null);
    }

    /** @param to null for where it was */
    FileStatus restoreTrash(long id, @Nullable String to) {
        return session.call("fs.restore_trash", new RestoreTrash(id, to, newOperationId()), FileStatus.class);
    }

    /** @return how many entries it gave up */
    long emptyTrash(@Nullable String path, @Nullable Long olderThanMs) {
        return session.call("fs.empty_trash", new EmptyTrash(path, olderThanMs), TrashEmptied.class)
                .entries();
    }

    /** Mounts an outer store where nothing is yet. */
    FileStatus attach(String path, String uri, boolean writeThrough) {
        return session.call("fs.attach", new Attach(path, uri, writeThrough, newOperationId()), FileStatus.class);
    }

    void detach(String path) {
        session.call("fs.detach", new Detach(path, newOperationId()), Removed.class);
    }

    OuterMounts mounts() {
        return session.call("fs.mounts", new Nothing(), OuterMounts.class);
    }

    /** What a path counts for, the outermost first. */
    List<QuotaStatus> quotas(String path) {
        return session.call("fs.quota", new PathRequest(path), QuotaListing.class)
                .quotas();
    }

    /** The limits as {@link QuotaChange} has them. */
    List<QuotaStatus> setQuota(String path, @Nullable Long bytes, @Nullable Long entries) {
        return session.call("fs.set_quota", new QuotaChange(path, bytes, entries), QuotaListing.class)
                .quotas();
    }

    void rename(String from, String to, boolean overwrite) {
        session.call("fs.rename", new Rename(from, to, overwrite, newOperationId()), FileStatus.class);
    }

    /** Joins closed files to the first of them; the others vanish. */
    FileStatus concat(String path, List<String> sources) {
        return session.call("fs.concat", new Concat(path, sources, newOperationId()), FileStatus.class);
    }

    /** What lies below a path. */
    public Usage usage(String path) {
        return session.call("fs.usage", new PathRequest(path), Usage.class);
    }

    /** How many copies of a file's blocks there should be. */
    void setReplication(String path, int replicas) {
        session.call("fs.set_replication", new SetReplication(path, replicas), FileStatus.class);
    }

    /** As {@code cache.pin}. */
    Pinned pin(String path, @Nullable String tier, int copies, @Nullable String within) {
        return session.call("cache.pin", new PinRequest(path, tier, copies, within), Pinned.class);
    }

    void unpin(String path) {
        session.call("cache.unpin", new PathRequest(path), FileStatus.class);
    }

    /** How much the nodes may keep near. */
    NearRoom nearRoom() {
        return session.call("cache.room", new Nothing(), NearRoom.class);
    }

    /** @param value null to take the attribute away */
    FileStatus setAttribute(String path, String name, @Nullable String value) {
        return session.call("fs.set_attribute", new SetAttribute(path, name, value), FileStatus.class);
    }

    /** The blocks of a file, in order of offset; none where it is inline. */
    public List<BlockLocation> locate(String path) {
        return session.call("fs.locate", new PathRequest(path), FileBlocks.class)
                .blocks();
    }

    private void pages(String path, Consumer<FileStatus> each) {
        String token = null;
        do {
            Listing page = session.call("fs.list", new ListRequest(path, PAGE_ENTRIES, token), Listing.class);
            page.entries().forEach(each);
            token = page.nextPageToken();
        } while (token != null);
    }

    private static String newOperationId() {
        return UUID.randomUUID().toString();
    }
}
