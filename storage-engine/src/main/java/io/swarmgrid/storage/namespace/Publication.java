package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.PutMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A staged directory that becomes visible in one transaction.
 *
 * <p>CREATE renames it to the target, which must not exist; OVERWRITE does the same and gives what was there to the
 * trash; APPEND moves each of its entries into the existing target and increments the version of that.
 *
 * @param staged the directory with what is to become visible, all of it sealed
 * @param target where
 * @param kind what the target is afterwards (and, for APPEND, is already)
 * @param attributes set on the target in the same transaction
 * @param expectedVersion for APPEND: the version that the target must still have; ignored otherwise
 * @param operation null where a retry need not be recognized
 */
public record Publication(
        GridPath staged,
        GridPath target,
        PutMode mode,
        EntryKind kind,
        Map<String, String> attributes,
        long expectedVersion,
        @Nullable OperationId operation) {
    public Publication {
        attributes = Map.copyOf(attributes);
    }
}
