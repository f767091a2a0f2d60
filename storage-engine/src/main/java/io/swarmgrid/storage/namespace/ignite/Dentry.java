package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;

/** What a name in a directory leads to. */
record Dentry(long inodeId, EntryKind kind) {
    static final Dentry ROOT = new Dentry(Ids.ROOT, EntryKind.DIRECTORY);

    boolean isFile() {
        return kind == EntryKind.FILE;
    }

    byte[] encode() {
        return new RecordWriter(10).octet(Codes.of(kind)).fixed(inodeId).done();
    }

    static Dentry decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        EntryKind kind = Codes.kind(in.octet());
        return new Dentry(in.fixed(), kind);
    }
}
