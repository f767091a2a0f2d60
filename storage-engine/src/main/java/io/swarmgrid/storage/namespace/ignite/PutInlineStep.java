package io.swarmgrid.storage.namespace.ignite;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes small files of one directory with their bytes in the metadata. Runs where the directory is: all of it is one partition. */
final class PutInlineStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final File[] files;
    private final long nowMs;

    /** @param files all in one directory; not empty */
    PutInlineStep(List<File> files, @Nullable String operation, long nowMs) {
        super(operation);
        this.files = files.toArray(new File[0]);
        this.nowMs = nowMs;
    }

    /** All or none of them; the outcome is that of the last, before which the others were made. */
    @Override
    byte[] change(Tables tables) {
        byte[] outcome = Outcome.NOTHING;
        for (File file : files) {
            outcome = make(tables, file);
        }
        return outcome;
    }

    private byte[] make(Tables tables, File file) {
        tables.inline(file.id); // touched before the inode: see Torn
        Inode there = tables.inode(file.id);
        if (there != null) {
            Inode linked = Linking.linkedBefore(tables, file.target, file.id);
            if (linked != null) {
                return Outcome.of(linked.status(file.target.path(), file.id));
            }
            throw new StaleException("id is taken: " + file.id);
        }
        tables.requireRoom();
        tables.inline(file.id, file.bytes); // before the name, so that who sees the name sees the bytes
        Inode made = Linking.prepare(tables, file.target, file.id, Inode.decode(file.inode), nowMs);
        tables.inode(file.id, made);
        Directories.link(tables, file.id, made);
        return Outcome.of(made.status(file.target.path(), file.id));
    }

    /** One that is to be made. A plain class: it travels within the step. */
    static final class File implements Serializable {
        private static final long serialVersionUID = 1L;

        private final Linking.Target target;
        private final long id;
        private final byte[] inode;
        private final byte[] bytes;

        File(Linking.Target target, long id, Inode inode, byte[] bytes) {
            this.target = target;
            this.id = id;
            this.inode = inode.encode();
            this.bytes = bytes.clone();
        }

        long parentId() {
            return target.parentId();
        }
    }
}
