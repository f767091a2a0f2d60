package io.swarmgrid.storage.namespace.ignite;

/** A block of a file; it lies in the file's partition. A plain class: Ignite cannot marshal records. */
final class BlockKey {
    static final String FILE_FIELD = "fileId";

    private final long fileId;
    private final long blockId;

    BlockKey(long fileId, long blockId) {
        this.fileId = fileId;
        this.blockId = blockId;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockKey that && that.fileId == fileId && that.blockId == blockId;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(fileId) + Long.hashCode(blockId);
    }

    @Override
    public String toString() {
        return Long.toHexString(fileId) + ":" + Long.toHexString(blockId);
    }
}
