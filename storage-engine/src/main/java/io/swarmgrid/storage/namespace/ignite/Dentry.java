package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import org.jspecify.annotations.Nullable;

/**
 * What a name in a directory leads to.
 *
 * @param before what the name, or the inode, was before the change that linked it: see {@link Torn}
 */
record Dentry(long inodeId, EntryKind kind, @Nullable Before before) {
    static final Dentry ROOT = new Dentry(Ids.ROOT, EntryKind.DIRECTORY);

    Dentry(long inodeId, EntryKind kind) {
        this(inodeId, kind, null);
    }

    /**
     * @param moved whether {@code id} is the directory that the entry was appended from; else it is what was replaced
     * @param stamp how often the inode was stored when it was linked; where moved that of this directory
     */
    record Before(boolean moved, long id, long stamp) {}

    boolean isFile() {
        return kind == EntryKind.FILE;
    }

    byte[] encode() {
        RecordWriter out = new RecordWriter(10).octet(Codes.of(kind)).fixed(inodeId);
        if (before != null) {
            out.flag(before.moved).fixed(before.id).count(before.stamp);
        }
        return out.done();
    }

    static Dentry decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        EntryKind kind = Codes.kind(in.octet());
        long inodeId = in.fixed();
        return new Dentry(inodeId, kind, in.hasMore() ? new Before(in.flag(), in.fixed(), in.count()) : null);
    }
}
