package io.swarmgrid.mount;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.mount.file.OpenFiles;
import io.swarmgrid.mount.fuse.Attributes;
import io.swarmgrid.mount.fuse.Caller;
import io.swarmgrid.mount.fuse.Created;
import io.swarmgrid.mount.fuse.Entry;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Tree;
import io.swarmgrid.mount.tree.Users;

/** Makes files and directories, with the owner, group and permission that the kernel asks for. Thread-safe. */
final class NewFiles {
    /** How the grid shows entries whose permission was never set. */
    private static final int DIRECTORY_PERMISSION = 0755;

    private static final int FILE_PERMISSION = 0644;

    private final Grid grid;
    private final Tree tree;
    private final OpenFiles files;
    private final Users users;

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

    /** Makes a file where none is, in the grid and for all, and opens it; throws ALREADY_EXISTS elsewhere. */
    Created file(Node directory, String name, int permission, Caller caller) {
        FileStatus made = files.create(
                tree.path(directory, name), users.user(caller.uid()), users.group(caller.gid()), permission);
        long madeNanos = System.nanoTime();
        Node node = tree.enter(directory, name, made, madeNanos);
        return new Created(new Entry(node.number(), attributes(made)), files.created(node, made, madeNanos));
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
