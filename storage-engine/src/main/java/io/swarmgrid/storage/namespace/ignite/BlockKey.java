package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;

/** A block of the file that it was written for, in whose partition it lies. A plain class: Ignite cannot marshal records. */
final class BlockKey {
    static final String FILE_FIELD = "fileId";
    static final String BLOCK_FIELD = "blockId";

    private final long fileId;
    private final long blockId;

    BlockKey(long fileId, long blockId) {
        this.fileId = fileId;
        this.blockId = blockId;
    }

    BlockKey(long fileId, BlockId block) {
        this(fileId, block.value());
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
