package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.restore_trash}.
 *
 * @param id of the entry
 * @param to null for where it was
 */
public record RestoreTrash(
        long id, @Nullable String to, @Nullable String operationId) {}
