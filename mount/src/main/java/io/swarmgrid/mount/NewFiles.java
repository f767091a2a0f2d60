package io.swarmgrid.mount;

import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.mount.file.OpenFiles;
import io.swarmgrid.mount.fuse.Attributes;
import io.swarmgrid.mount.fuse.Caller;
import io.swarmgrid.mount.fuse.Created;
import io.swarmgrid.mount.fuse.Entry;
import io.swarmgrid.mount.fuse.Opened;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Tree;
import io.swarmgrid.mount.tree.Users;
import java.util.concurrent.atomic.AtomicLong;

/** Makes files and directories, with the owner, group and permission that the kernel asks for. Thread-safe. */
final class NewFiles {
    /** How the grid shows entries whose permission was never set. */
    private static final int DIRECTORY_PERMISSION = 0755;

    private static final int FILE_PERMISSION = 0644;

    private final Grid grid;
    private final Tree tree;
    private final OpenFiles files;
    private final Users users;
    private final AtomicLong lastPlanned = new AtomicLong();

    NewFiles(Grid grid, Tree tree, OpenFiles files, Users users) {
        this.grid = grid;
        this.tree = tree;
        this.files = files;
        this.users = users;
    }

    /** How the kernel is shown what the grid has. */
    Attributes attributes(FileStatus entry) {
        boolean file = entry.kind() == EntryKind.FILE;
        Integer set = entry.permission();
        int permission = set != null ? set : file ? FILE_PERMISSION : DIRECTORY_PERMISSION;
        return new Attributes(
                entry.id(),
                entry.sizeBytes(),
                (file ? Attributes.FILE : Attributes.DIRECTORY) | permission,
                users.uid(entry.owner()),
                users.gid(entry.group()),
                entry.modifiedMs());
    }

    Entry directory(Node parent, String name, int permission, Caller caller) {
        FileStatus made = grid.makeDirectory(tree.path(parent, name));
        FileStatus owned = ownedBy(caller, permission, made, DIRECTORY_PERMISSION);
        return new Entry(tree.enter(parent, name, owned, System.nanoTime()).number(), attributes(owned));
    }

    /** Makes a file where none is; throws ALREADY_EXISTS elsewhere. */
    Created now(Node directory, String name, int permission, Caller caller) {
        String path = tree.path(directory, name);
        GrowingFile growing = files.create(path);
        boolean made = false;
        try {
            FileStatus status = ownedBy(caller, permission, grid.stat(path), FILE_PERMISSION);
            Node node = tree.enter(directory, name, status, System.nanoTime());
            Opened opened = files.created(node, status, growing);
            made = true;
            return new Created(new Entry(node.number(), attributes(status)), opened);
        } finally {
            if (!made) {
                growing.close();
            }
        }
    }

    /**
     * Opens a file that begins empty, and that the grid knows of only once it has to, where nothing was found a moment ago. Whatever
     * has come there by then is replaced.
     */
    Created later(Node directory, String name, int permission, Caller caller) {
        long nowMs = System.currentTimeMillis();
        FileStatus planned = new FileStatus(
                        tree.path(directory, name),
                        EntryKind.FILE,
                        -lastPlanned.incrementAndGet(),
                        0,
                        0,
                        nowMs,
                        nowMs,
                        users.user(caller.uid()),
                        0,
                        null,
                        null)
                .with(users.group(caller.gid()), permission);
        Node node = tree.enter(directory, name, planned, System.nanoTime());
        Opened opened = files.createdLater(node, planned, made -> ownedBy(caller, permission, made, FILE_PERMISSION));
        return new Created(new Entry(node.number(), attributes(planned)), opened);
    }

    /** Sets what differs from what is shown anyway. */
    private FileStatus ownedBy(Caller caller, int permission, FileStatus made, int shown) {
        SetStatus asked = new SetStatus(
                made.path(),
                caller.uid() == users.uid(made.owner()) ? null : users.user(caller.uid()),
                caller.gid() == users.gid(made.group()) ? null : users.group(caller.gid()),
                permission == shown ? null : permission,
                null);
        return changes(asked) ? grid.setStatus(asked) : made;
    }

    static boolean changes(SetStatus asked) {
        return asked.owner() != null
                || asked.group() != null
                || asked.permission() != null
                || asked.modifiedMs() != null;
    }
}
