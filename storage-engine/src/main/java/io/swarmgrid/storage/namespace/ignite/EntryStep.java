package io.swarmgrid.storage.namespace.ignite;

import org.jspecify.annotations.Nullable;

/** What a name leads to, with its inode. */
final class EntryStep extends Step {
    private static final long serialVersionUID = 1L;

    private final long parentId;
    private final String name;

    EntryStep(long parentId, String name) {
        this.parentId = parentId;
        this.name = name;
    }

    /** An entry as it was found. */
    record Entry(long id, Inode inode) {}

    @Override
    byte[] run(Tables tables) {
        Dentry dentry = tables.dentry(parentId, name);
        RecordWriter out = new RecordWriter(256).flag(dentry != null);
        if (dentry != null) {
            byte[] inode = tables.raw(dentry.inodeId());
            if (inode == null || !Inode.decode(inode).isAt(parentId, name)) {
                throw new StaleException("being changed");
            }
            out.fixed(dentry.inodeId()).octets(inode);
        }
        return out.done();
    }

    static @Nullable Entry decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        return in.flag() ? new Entry(in.fixed(), Inode.decode(in.octets())) : null;
    }
}
