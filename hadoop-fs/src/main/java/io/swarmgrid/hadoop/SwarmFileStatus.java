package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/** A status as Hadoop shows it, with the identity of the file, which its etag is made of. */
final class SwarmFileStatus extends org.apache.hadoop.fs.FileStatus implements EtagSource, KnownEntry {
    private static final long serialVersionUID = 2L;
    /** What is shown where none was ever set. */
    static final FsPermission FILE = FsPermission.createImmutable((short) 0644);

    static final FsPermission DIRECTORY = FsPermission.createImmutable((short) 0755);

    private final FileStatus entry;

    SwarmFileStatus(FileStatus entry, Path path, long blockSizeBytes, Owners owners) {
        super(
                entry.sizeBytes(),
                entry.kind() != EntryKind.FILE,
                entry.kind() == EntryKind.FILE ? entry.replicas() : 0,
                entry.kind() == EntryKind.FILE ? blockSizeBytes : 0,
                entry.modifiedMs(),
                0,
                permission(entry),
                owners.owner(entry),
                owners.group(entry),
                path);
        this.entry = entry;
    }

    private static FsPermission permission(FileStatus entry) {
        Integer bits = entry.permission();
        if (bits != null) {
            return new FsPermission(bits.shortValue());
        }
        return entry.kind() == EntryKind.FILE ? FILE : DIRECTORY;
    }

    @Override
    public FileStatus entry() {
        return entry;
    }

    /** Stays through a rename; another file, and another content, has another one. */
    @Override
    public String getEtag() {
        return Long.toHexString(entry.id()) + "-" + entry.version();
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
