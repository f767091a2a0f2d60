package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.wire.EntryKind;
import org.jspecify.annotations.Nullable;

/**
 * How a file is put.
 *
 * @param overwrite whether an existing file is replaced at commit
 * @param makeParents whether missing directories above it are made
 * @param replicas durable copies; 0 for the default of the grid
 * @param placement which nodes hold its blocks
 * @param putId names this put, so that a retry of it happens once; null for none
 * @param kind FILE, always, but for what the dataset package writes
 */
public record PutOptions(
        boolean overwrite,
        boolean makeParents,
        int replicas,
        @Nullable Durability durability,
        BlockSpread placement,
        @Nullable String putId,
        EntryKind kind) {
    /** A plain put that refuses an existing file. */
    public static PutOptions create() {
        return new PutOptions(false, true, 0, null, BlockSpread.SPREAD, null, EntryKind.FILE);
    }

    public PutOptions overwriting() {
        return new PutOptions(true, makeParents, replicas, durability, placement, putId, kind);
    }

    public PutOptions replicas(int count) {
        return new PutOptions(overwrite, makeParents, count, durability, placement, putId, kind);
    }

    public PutOptions placement(BlockSpread spread) {
        return new PutOptions(overwrite, makeParents, replicas, durability, spread, putId, kind);
    }

    public PutOptions putId(@Nullable String id) {
        return new PutOptions(overwrite, makeParents, replicas, durability, placement, id, kind);
    }
}
