package io.swarmgrid.storage.namespace;

import io.swarmgrid.config.Durability;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a file is put. Missing directories above it are made.
 *
 * @param owner whom it belongs to
 * @param overwrite whether an existing file is replaced at commit
 * @param replicas durable copies; 0 for the default of the grid
 * @param durability null for the default of the path
 * @param placement which nodes hold its blocks
 * @param attributes set on the file
 * @param operation names this put, so that a retry of it happens once; null for none
 * @param writer of a file that is visible from the beginning: who may go on with it where its node is lost
 */
public record PutOptions(
        String owner,
        boolean overwrite,
        int replicas,
        @Nullable Durability durability,
        BlockSpread placement,
        Map<String, String> attributes,
        @Nullable OperationId operation,
        WriterId writer) {
    public PutOptions {
        attributes = Map.copyOf(attributes);
    }

    /** A plain put that refuses an existing file. */
    public static PutOptions create(String owner) {
        return new PutOptions(owner, false, 0, null, BlockSpread.SPREAD, Map.of(), null, WriterId.NONE);
    }

    public PutOptions overwriting() {
        return new PutOptions(owner, true, replicas, durability, placement, attributes, operation, writer);
    }

    public PutOptions replicas(int count) {
        return new PutOptions(owner, overwrite, count, durability, placement, attributes, operation, writer);
    }

    public PutOptions durability(@Nullable Durability asked) {
        return new PutOptions(owner, overwrite, replicas, asked, placement, attributes, operation, writer);
    }

    public PutOptions placement(BlockSpread spread) {
        return new PutOptions(owner, overwrite, replicas, durability, spread, attributes, operation, writer);
    }

    public PutOptions attributes(Map<String, String> texts) {
        return new PutOptions(owner, overwrite, replicas, durability, placement, texts, operation, writer);
    }

    public PutOptions writer(WriterId id) {
        return new PutOptions(owner, overwrite, replicas, durability, placement, attributes, operation, id);
    }

    public PutOptions operation(@Nullable OperationId id) {
        return new PutOptions(owner, overwrite, replicas, durability, placement, attributes, id, writer);
    }
}
