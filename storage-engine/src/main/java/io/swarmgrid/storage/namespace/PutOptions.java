package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FilePut;
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
 * @param group null where none is set
 * @param permission the twelve bits of Unix; null where none are set
 * @param over the one file that may be replaced; null for whichever is there
 */
public record PutOptions(
        String owner,
        boolean overwrite,
        int replicas,
        @Nullable Durability durability,
        BlockSpread placement,
        Map<String, String> attributes,
        @Nullable OperationId operation,
        WriterId writer,
        @Nullable String group,
        @Nullable Integer permission,
        @Nullable Over over) {
    /**
     * The file that is replaced, or nothing is: CONFLICT where it is not at the path, PRECONDITION_FAILED where it is not that version any
     * more, or somebody writes it. What replaces it is as the file was: its owner, its attributes.
     *
     * @param version 0 for any, also one that is being written
     */
    public record Over(long fileId, long version) {}

    public PutOptions {
        attributes = Map.copyOf(attributes);
    }

    /** A plain put that refuses an existing file. */
    public static PutOptions create(String owner) {
        return new PutOptions(
                owner, false, 0, null, BlockSpread.SPREAD, Map.of(), null, WriterId.NONE, null, null, null);
    }

    /**
     * As a caller asks for it, whichever way its bytes come: the same put id means the same put.
     *
     * @throws io.swarmgrid.client.GridException INVALID_ARGUMENT
     */
    public static PutOptions asked(CallContext caller, GridPath path, FilePut put) {
        PutOptions options = create(caller.caller().name())
                .replicas(StoragePolicy.replicas(put.replicas()))
                .durability(StoragePolicy.asked(put.durability()))
                .operation(OperationId.of(caller, "file.put", path, put.putId()));
        return Boolean.TRUE.equals(put.overwrite()) ? options.overwriting() : options;
    }

    public PutOptions overwriting() {
        return new PutOptions(
                owner, true, replicas, durability, placement, attributes, operation, writer, group, permission, over);
    }

    public PutOptions replicas(int count) {
        return new PutOptions(
                owner, overwrite, count, durability, placement, attributes, operation, writer, group, permission, over);
    }

    public PutOptions durability(@Nullable Durability asked) {
        return new PutOptions(
                owner, overwrite, replicas, asked, placement, attributes, operation, writer, group, permission, over);
    }

    public PutOptions placement(BlockSpread spread) {
        return new PutOptions(
                owner, overwrite, replicas, durability, spread, attributes, operation, writer, group, permission, over);
    }

    public PutOptions attributes(Map<String, String> texts) {
        return new PutOptions(
                owner, overwrite, replicas, durability, placement, texts, operation, writer, group, permission, over);
    }

    public PutOptions writer(WriterId id) {
        return new PutOptions(
                owner, overwrite, replicas, durability, placement, attributes, operation, id, group, permission, over);
    }

    public PutOptions operation(@Nullable OperationId id) {
        return new PutOptions(
                owner, overwrite, replicas, durability, placement, attributes, id, writer, group, permission, over);
    }

    /** With a group and a permission of its own from the beginning. */
    public PutOptions rights(@Nullable String toGroup, @Nullable Integer toPermission) {
        return new PutOptions(
                owner,
                overwrite,
                replicas,
                durability,
                placement,
                attributes,
                operation,
                writer,
                toGroup,
                toPermission,
                over);
    }

    /** Replaces that file and no other. */
    public PutOptions over(Over file) {
        return new PutOptions(
                owner, true, replicas, durability, placement, attributes, operation, writer, group, permission, file);
    }
}
